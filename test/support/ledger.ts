import path from 'node:path';
import { type Ledger, type LedgerDraft, openLedger } from '../../server/evidence/ledger.ts';
import { gitTestEnvironment, makeRepository, type TestRepository } from './repository.ts';
import { temporaryDirectory, testHost } from './temporary.ts';

export const ada = { name: 'Ada', email: 'ada@example.org' };
export const grace = { name: 'Grace', email: 'grace@example.org' };
export const digest = 'a'.repeat(64);

/** A repository, and people who keep its ledger, each with a store of their own. */
export class LedgerPlace {
  readonly root: string;
  readonly repository: TestRepository;
  readonly remove: () => Promise<void>;

  private constructor(root: string, repository: TestRepository, remove: () => Promise<void>) {
    this.root = root;
    this.repository = repository;
    this.remove = remove;
  }

  static async make(): Promise<LedgerPlace> {
    const directory = await temporaryDirectory();
    const repository = await makeRepository(path.join(directory.path, 'repo'));
    await repository.commit('start', { a: '1' });
    return new LedgerPlace(directory.path, repository, directory.remove);
  }

  host(store: string, overrides: Parameters<typeof testHost>[1] = {}): ReturnType<typeof testHost> {
    return testHost(path.join(this.root, store), { environment: gitTestEnvironment(), ...overrides });
  }

  ledger(person = ada, options: { root?: string; host?: ReturnType<typeof testHost> } = {}): Promise<Ledger> {
    const host = options.host ?? this.host(`store-${person.name}`);
    return openLedger(host, { repositoryRoot: options.root ?? this.repository.root, identity: person });
  }
}

export function promotionDraft(promotion: string, more: Partial<LedgerDraft> = {}): LedgerDraft {
  const sha256 = 'b'.repeat(64);
  return {
    kind: 'promotion',
    promotion,
    message: `promotes ${promotion}`,
    branch: 'feature',
    digest,
    files: [
      { name: 'files.patch', content: '--- a/index.php\n+++ b/index.php\n' },
      { name: 'ddl.sql', content: 'ALTER TABLE `t` ADD `c` int;\n' },
      { name: 'undo.sql', content: 'ALTER TABLE `t` DROP `c`;\n' },
      { name: 'picture.bin', content: Buffer.from([0, 255, 10, 13, 128]) },
    ],
    changed: [{ path: 'index.php', change: 'modified', sha256 }],
    statements: 1,
    findings: [
      { guard: 'destructive', severity: 'confirm', message: 'drops a column', confirmedBy: ada.email },
    ],
    snapshot: { id: promotion, keptUntil: '2999-01-01T00:00:00.000Z' },
    afterState: [{ object: 'file:index.php', expected: sha256, observed: sha256 }],
    ...more,
  };
}
