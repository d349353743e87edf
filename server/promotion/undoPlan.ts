import { lstat, readlink, realpath } from 'node:fs/promises';
import { timestamp } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import { mapLimit } from '../platform/parallel.ts';
import { resolveInside } from '../platform/paths.ts';
import type { Operation } from '../platform/progress.ts';
import type { Finding } from '../protocol/plan.ts';
import { diffSchemas } from '../schema/diff.ts';
import { introspect } from '../schema/introspect.ts';
import { rebaseSchema } from '../schema/rebase.ts';
import { digestOf } from './canonical.ts';
import type { PromotionContext } from './context.ts';
import { differentObjects } from './ddl/objects.ts';
import type { Program } from './ddl/program.ts';
import {
  applicableRenames,
  inverseRenames,
  keptNames,
  placeOf,
  programFrom,
  recordedPart,
  withTriggers,
} from './ddl/schemaWork.ts';
import { identity, readFileState } from './files/fileState.ts';
import type { PlannedFile } from './files/planFiles.ts';
import { chooseFileMode, sameOutside } from './files/release.ts';
import { dataCheck, requireConfirmed } from './findings.ts';
import type { PastPromotion } from './history.ts';
import type { Held } from './locks.ts';
import type { FileMode, PromotionRecord, RecordedSchema } from './record.ts';
import { chooseShadows } from './shadowing.ts';
import { checkUndo } from './undoChecks.ts';
import { undoNotes } from './undoNotes.ts';

export interface UndoRequest {
  past: readonly PastPromotion[];
  subject: PastPromotion;
  promotion: string;
  confirmed: boolean;
}

/** The inverse of a promotion on production as it is now. Throws `undo-blocked` with everything that is in the way. */
export async function planUndo(
  context: PromotionContext,
  held: Held,
  request: UndoRequest,
  operation: Operation,
): Promise<{ record: PromotionRecord; program?: Program }> {
  const { host, identity: by, production } = context;
  const { subject, promotion } = request;
  const blocked: string[] = [];
  const files = await inverseFiles(context, request, blocked);
  const schema = await inverseSchema(context, held, request, blocked, operation);
  if (blocked.length > 0)
    throw new GreenroomError('undo-blocked', {
      subject: subject.record.promotion,
      detail: 'what it changed was changed again since',
      items: blocked,
    });
  const nothing = files.every(file => file.excluded) && schema === undefined;
  if (nothing)
    throw new GreenroomError('undo-blocked', {
      subject: subject.record.promotion,
      detail: 'production is already as it was before',
    });
  const record: PromotionRecord = {
    format: 1,
    promotion,
    kind: 'undo',
    undoes: subject.record.promotion,
    by,
    at: timestamp(host.clock),
    message: `Undo of ${subject.record.promotion}: ${subject.record.message}`,
    ...(subject.record.branch !== undefined && { branch: subject.record.branch }),
    ...(subject.record.environment !== undefined && { environment: subject.record.environment }),
    digest: digestOf({
      undoes: subject.record.promotion,
      files: files.map(file => [file.path, identity(file.before), identity(file.after), file.excluded]),
      schema: (schema?.recorded.changes ?? []).map(change => [change.object, change.sql]),
    }),
    productionRoot: production.root,
    database: subject.record.database,
    fileMode: await undoFileMode(context, subject.record, files, promotion),
    files,
    source: subject.directory.snapshot,
    ...(schema && { schema: schema.recorded }),
    findings: schema?.findings ?? [],
    confirmed: request.confirmed ? ['confirm'] : [],
    approvals: [],
    rehearsal: { state: 'none', why: 'It was rehearsed with the promotion.' },
    undoNotes: schema?.notes ?? [],
    blocked: subject.record.undoBlocked,
    undoBlocked: subject.record.blocked,
  };
  return { record, ...(schema && { program: schema.program }) };
}

/** Keeps the places in the list: the snapshot's files are named by them. */
async function inverseFiles(
  { production }: PromotionContext,
  { past, subject }: UndoRequest,
  blocked: string[],
): Promise<PlannedFile[]> {
  return await mapLimit(subject.record.files, 8, async file => {
    const now = (await readFileState(await resolveInside(production.root, file.path)))?.state;
    const inverse: PlannedFile = {
      path: file.path,
      ...(now && { before: now }),
      ...(file.before && { after: file.before }),
      excluded: file.excluded || identity(now) === identity(file.before),
    };
    const stays = file.after === undefined && now?.type === 'directory';
    if (!inverse.excluded && !stays && identity(now) !== identity(file.after))
      blocked.push(
        `file ${file.path}: ${whoChanged(past, subject, record => record.files.some(other => other.path === file.path && !other.excluded))}`,
      );
    return inverse;
  });
}

async function inverseSchema(
  context: PromotionContext,
  held: Held,
  { past, subject, promotion, confirmed }: UndoRequest,
  blocked: string[],
  operation: Operation,
): Promise<{ recorded: RecordedSchema; program: Program; findings: Finding[]; notes: string[] } | undefined> {
  const old = subject.record.schema;
  if (old === undefined) return undefined;
  const { connection } = held;
  const { database } = subject.record;
  const now = await introspect(connection, database);
  const rebased = rebaseSchema(old.after, old.before, now, { renames: inverseRenames(old.renames) });
  for (const conflict of rebased.conflicts) {
    const table = conflict.subject.split('.')[0] ?? conflict.subject;
    const by = whoChanged(
      past,
      subject,
      record => record.schema?.touched.some(({ name }) => name === table) ?? false,
    );
    blocked.push(`${conflict.subject}: ${by}`);
  }
  const missing = await missingKept(held, old);
  if (missing.length > 0)
    throw new GreenroomError('snapshot-damaged', {
      subject: subject.record.promotion,
      detail: 'tables that keep its old rows are missing in production’s database',
      items: missing,
    });
  const renames = applicableRenames(now, inverseRenames(old.renames), 'forward');
  const changes = diffSchemas(now, rebased.target, { renames }).changes;
  if (changes.length === 0 || blocked.length > 0) return undefined;
  const touched = withTriggers(now, rebased.target, differentObjects(now, rebased.target));
  const findings = await checkUndo(
    context,
    connection,
    { from: now, target: rebased.target, renames, restorable: old.kept },
    operation,
  );
  requireConfirmed(findings, { confirmDestructive: confirmed });
  const lenient = findings.some(({ guard, severity }) => guard === dataCheck && severity === 'confirm');
  // A rebuild refuses what would have to be shortened.
  const shadowing = chooseShadows(
    context,
    { promotion, from: now, target: rebased.target, renames, restored: old.kept },
    lenient ? {} : subject.record.undoBlocked,
  );
  const work = {
    before: recordedPart(now, touched),
    after: recordedPart(rebased.target, touched),
    touched,
    renames,
    kept: [],
    restored: old.kept,
    shadows: shadowing.plans,
    lenient,
  };
  const program = await programFrom(connection, { promotion, database, schema: work }, 'forward', now);
  const notes = [
    ...undoNotes({ production: now, target: rebased.target, renames }),
    ...shadowing.slow.map(({ message }) => message),
  ];
  const kept = [...program.kept, ...shadowing.kept];
  return { recorded: { ...work, changes, kept }, program, findings, notes };
}

/** Kept tables that must be there for the way back, and are not; those whose content has returned already are not missed. */
async function missingKept({ connection }: Held, old: RecordedSchema): Promise<string[]> {
  const there = new Set(await keptNames(connection));
  return old.kept.map(placeOf).filter(name => !there.has(name));
}

/** Production's link goes back to the release before, if nothing but the plan's files differs; else a new one is built. */
async function undoFileMode(
  { production, config }: PromotionContext,
  record: PromotionRecord,
  files: readonly PlannedFile[],
  promotion: string,
): Promise<FileMode> {
  const usual = await chooseFileMode(production.root, config.promotion.releases, promotion);
  const old = record.fileMode;
  if (usual.mode === 'in-place' || old.mode === 'in-place' || usual.from !== old.to) return usual;
  if (!(await isDirectory(old.from))) return usual;
  const planned = new Set(files.map(file => file.path));
  if (!(await sameOutside(old.from, old.to, planned))) return usual;
  for (const file of files) {
    if (file.excluded) continue;
    const there = (await readFileState(await resolveInside(old.from, file.path)))?.state;
    if (identity(there) !== identity(file.after)) return usual;
  }
  return {
    mode: 'release',
    from: await realpath(production.root),
    to: old.from,
    built: false,
    linkBefore: await readlink(production.root),
    linkAfter: old.linkBefore,
  };
}

function whoChanged(
  past: readonly PastPromotion[],
  subject: PastPromotion,
  touches: (record: PromotionRecord) => boolean,
): string {
  const later = past.filter(
    ({ record, directory }) => directory.sequence > subject.directory.sequence && touches(record),
  );
  if (later.length === 0) return 'changed directly in production';
  return `changed by ${later.map(({ record }) => `${record.promotion} (“${record.message}”)`).join(', ')}`;
}

async function isDirectory(file: string): Promise<boolean> {
  return lstat(file).then(
    stats => stats.isDirectory(),
    () => false,
  );
}
