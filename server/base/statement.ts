import { createHash } from 'node:crypto';
import { access, chmod, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { GreenroomError, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { Manifest } from './manifest.ts';
import type { ProofResult } from './proof.ts';

/** What the signature is for (`ssh-keygen -Y`): the same key's signature under a commit cannot be passed off as a proof. */
export const proofNamespace = 'greenroom-base-proof';
const predicateType = 'https://greenroom.dev/base-proof/v1';

/**
 * Writes `proof.json`, an in-toto Statement about the generation's manifest, and `proof.json.sig`, its SSH signature.
 *
 * @param keyFile the key to sign with (or its public half, with the private one in an agent); default: one made in the store
 * @throws GreenroomError `signing-failed`
 */
export async function writeProof(
  host: Host,
  directory: string,
  manifest: Manifest,
  proof: ProofResult,
  keyFile: string | undefined,
): Promise<void> {
  const file = path.join(directory, 'proof.json');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: `base generation ${manifest.generation}`,
        digest: { sha256: await digestOf(path.join(directory, 'manifest.json')) },
      },
    ],
    predicateType,
    predicate: {
      madeAt: manifest.createdAt,
      database: manifest.database,
      rulesDigest: manifest.rulesDigest,
      keyId: manifest.keyId,
      schemaDigest: manifest.schemaDigest,
      searched: { tables: proof.tables, rows: proof.rows, bytes: proof.bytes },
      /** A refresh searches what it copied; the proof of the generation before covers the rest. */
      ...(manifest.from !== undefined && { restsOn: `base generation ${manifest.from}` }),
      originals: proof.originals,
      columns: proof.columns,
      leaks: 0,
    },
  };
  await writeFileAtomic(file, `${JSON.stringify(statement, null, 2)}\n`);
  await sign(host, keyFile ?? (await ownKey(host)), file);
}

async function sign(host: Host, keyFile: string, file: string): Promise<void> {
  try {
    await host.processes.run('ssh-keygen', ['-Y', 'sign', '-f', keyFile, '-n', proofNamespace, file], {
      // Never asks at a terminal for a passphrase: an agent has the key, or there is no signature.
      env: { ...host.environment, SSH_ASKPASS_REQUIRE: 'never' },
      input: '',
      timeout: 30_000,
    });
    await chmod(`${file}.sig`, 0o600);
  } catch (cause) {
    throw new GreenroomError('signing-failed', { subject: keyFile, detail: messageOf(cause), cause });
  }
}

/** The key of this store, made when it is first needed. */
async function ownKey(host: Host): Promise<string> {
  const file = path.join(host.paths.keys, 'base-signing');
  await withLock(host, 'base-signing-key', { purpose: 'signing key', wait: 30_000 }, async () => {
    if (await isThere(file)) return;
    await mkdir(host.paths.keys, { recursive: true, mode: 0o700 });
    const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'greenroom base proofs', '-f', file];
    await host.processes.run('ssh-keygen', args, { input: '' });
  });
  return file;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function digestOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
