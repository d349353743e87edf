import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { parseDuration } from '../config/schema.ts';
import type { LedgerDraft } from '../evidence/ledger.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { errorCode } from '../platform/errors.ts';
import { resolveInside } from '../platform/paths.ts';
import type { PromotionContext } from './context.ts';
import { type PlannedFile, sideText } from './files/planFiles.ts';
import { outsideWindow } from './guards/outsideWindow.ts';
import type { PromotionRecord } from './record.ts';
import type { PromotionDirectory } from './stateDirectory.ts';
import { readObserved } from './verify.ts';

/** The raw parts of an entry, written before production is touched: afterwards both sides could not be read any more. */
const attachments = ['files.patch', 'ddl.sql', 'undo.sql'] as const;

export async function writeAttachments(
  directory: PromotionDirectory,
  record: PromotionRecord,
): Promise<void> {
  const to = attachmentDirectory(directory);
  await mkdir(to, { recursive: true, mode: 0o700 });
  const changes = record.schema?.changes ?? [];
  const sqlText = (statements: string[]) => statements.map(sql => `${sql};\n`).join('\n');
  await writeFileAtomic(path.join(to, 'files.patch'), await patchOf(record));
  await writeFileAtomic(path.join(to, 'ddl.sql'), sqlText(changes.map(({ sql }) => sql)));
  await writeFileAtomic(
    path.join(to, 'undo.sql'),
    sqlText([...changes].reverse().map(({ undoSql }) => undoSql)),
  );
}

/** Puts a committed promotion or undo into the ledger, once: an entry of the same name is not made twice. */
export async function recordEvidence(
  context: PromotionContext,
  directory: PromotionDirectory,
  record: PromotionRecord,
): Promise<string> {
  const { ledger, config, host } = context;
  const present = (await ledger.entries()).find(({ promotion }) => promotion === record.promotion);
  if (present !== undefined) return present.commit;
  const files = [];
  for (const name of attachments) {
    try {
      files.push({ name, content: await readFile(path.join(attachmentDirectory(directory), name), 'utf8') });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      host.log.warn('a part of the evidence is missing', { promotion: record.promotion, name });
    }
  }
  const applied = record.files.filter(file => !file.excluded);
  const window = record.findings.find(({ guard }) => guard === outsideWindow.name);
  const { commit } = await ledger.append({
    kind: record.kind,
    promotion: record.promotion,
    message: record.message,
    ...(record.branch !== undefined && { branch: record.branch }),
    digest: record.digest,
    ...(record.undoes !== undefined && { undoes: record.undoes }),
    files: files.filter(({ content }) => content !== ''),
    changed: applied.filter(({ before, after }) => (after ?? before)?.type !== 'directory').map(changedFile),
    statements: record.schema?.changes.length ?? 0,
    findings: record.findings.map(({ guard, severity, message }) => ({
      guard,
      severity,
      message,
      ...(record.confirmed.includes(severity) && { confirmedBy: record.by.email }),
    })),
    excluded: record.files.filter(file => file.excluded).map(file => file.path),
    window: { outside: window !== undefined, ...(window && { note: window.message }) },
    snapshot: {
      id: record.promotion,
      keptUntil: new Date(
        Date.parse(record.at) + parseDuration(config.promotion.keepSnapshots),
      ).toISOString(),
    },
    afterState: await readObserved(directory),
    approvals: {
      required: config.promotion.approvals,
      given: record.approvals.map(({ by, commit }) => ({ by, commit })),
    },
    details: {
      rehearsal: record.rehearsal,
      undoNotes: record.undoNotes,
      kept: (record.schema?.kept ?? []).map(({ table, keptAs }) => ({ table, keptAs })),
      fileMode: record.fileMode.mode,
    },
  } satisfies LedgerDraft);
  return commit;
}

/** A change of production that no promotion made. Named by what changed, so that two stores record it once. */
export async function recordDirect(context: PromotionContext, lines: readonly string[]): Promise<void> {
  const shown = lines.slice(0, 200);
  const changes = lines.length > shown.length ? [...shown, `and ${lines.length - shown.length} more`] : shown;
  await context.ledger.append({
    kind: 'direct',
    message:
      lines.length === 1
        ? `Production was changed directly: ${lines[0]}`
        : `Production was changed directly: ${lines.length} changes`,
    changes,
  });
}

function changedFile({
  path: file,
  before,
  after,
}: PlannedFile): NonNullable<LedgerDraft['changed']>[number] {
  const change = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
  return { path: file, change, ...(after?.type === 'file' && { sha256: after.sha256 }) };
}

async function patchOf(record: PromotionRecord): Promise<string> {
  const parts: string[] = [];
  for (const [index, file] of record.files.entries()) {
    if (file.excluded) continue;
    const source = path.join(record.source, record.kind === 'undo' ? String(index) : file.path);
    const before = await sideText(await resolveInside(record.productionRoot, file.path), file.before);
    const after = await sideText(source, file.after);
    parts.push(filePatch(file, before, after));
  }
  return parts.join('');
}

function filePatch(file: PlannedFile, before: string | undefined, after: string | undefined): string {
  const header = `diff --git a/${file.path} b/${file.path}\n`;
  const mode = (state: PlannedFile['before']) =>
    state?.type === 'file'
      ? `100${state.mode.toString(8).padStart(3, '0')}`
      : state?.type === 'symlink'
        ? '120000'
        : '040000';
  const modes =
    file.before === undefined
      ? `new file mode ${mode(file.after)}\n`
      : file.after === undefined
        ? `deleted file mode ${mode(file.before)}\n`
        : mode(file.before) === mode(file.after)
          ? ''
          : `old mode ${mode(file.before)}\nnew mode ${mode(file.after)}\n`;
  const isText = (state: PlannedFile['before'], text: string | undefined) =>
    state === undefined || state.type === 'directory' || text !== undefined;
  if (!isText(file.before, before) || !isText(file.after, after))
    return `${header}${modes}Binary files a/${file.path} and b/${file.path} differ\n`;
  if (before === after) return header + modes;
  const patch = createTwoFilesPatch(
    file.before === undefined ? '/dev/null' : `a/${file.path}`,
    file.after === undefined ? '/dev/null' : `b/${file.path}`,
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: 3, maxEditLength: 20_000 },
  );
  // Beyond that many edits a line by line patch is useless to read and slow to compute.
  const body = patch ?? wholePatch(before ?? '', after ?? '');
  return header + modes + body.replace(/^=+\n/, '');
}

function wholePatch(before: string, after: string): string {
  const lines = (text: string, sign: string) => text.split('\n').map(line => `${sign}${line}\n`);
  const [old, now] = [lines(before, '-'), lines(after, '+')];
  return `@@ -1,${old.length} +1,${now.length} @@\n${old.join('')}${now.join('')}`;
}

function attachmentDirectory(directory: PromotionDirectory): string {
  return path.join(directory.directory, 'evidence');
}
