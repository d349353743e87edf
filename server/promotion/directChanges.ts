import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { connect } from '../database/connection.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode, hasReason, messageOf } from '../platform/errors.ts';
import { withLock } from '../platform/locks.ts';
import { joinInside } from '../platform/paths.ts';
import { emptySchema, type Schema } from '../schema/model.ts';
import { digestOf } from './canonical.ts';
import type { PromotionContext } from './context.ts';
import { describeObject, differentObjects, objectRefSchema, objectText } from './ddl/objects.ts';
import { compareIndexes, type FileDifference, type FileIndex, scanFiles } from './direct/scanFiles.ts';
import { recordDirect } from './evidence.ts';
import { identity, readFileState } from './files/fileState.ts';
import { pathFilter } from './files/pathFilter.ts';
import { committedPromotions, type PastPromotion } from './history.ts';
import { asReadBy, promoterAccount, readProductionSchema } from './readProduction.ts';
import { stateDirectory } from './stateDirectory.ts';
import { unfinishedPromotions } from './unfinished.ts';
import { readObserved } from './verify.ts';

const knownSchema = z.array(objectRefSchema.extend({ digest: z.string() }));
type KnownSchema = z.infer<typeof knownSchema>;
const knownFiles: z.ZodType<FileIndex> = z.record(z.string(), z.string());

/** A glance scans the files too while the index is small: about ten thousand files. */
const glanceIndexBytes = 1_000_000;

/**
 * Whether files or schema of production changed without a promotion since the last look; what is new is recorded in the
 * ledger, once, and answered as one line each. `glance` keeps to what costs milliseconds.
 */
export async function noticeDirectChanges(
  context: PromotionContext,
  schema: Schema,
  look: 'whole' | 'glance',
): Promise<string[]> {
  const { host, projectId, production } = context;
  const state = stateDirectory(production.root);
  try {
    return await withLock(
      host,
      `direct-${projectId}`,
      { purpose: 'looking at production', wait: look === 'whole' ? 20_000 : 0 },
      async () => {
        // In the middle of a promotion production is neither its own nor anyone's.
        if ((await unfinishedPromotions(state)).length > 0) return [];
        return await notice(context, schema, look, () => committedPromotions(state));
      },
    );
  } catch (error) {
    if (look === 'glance' && hasReason(error, 'locked')) return [];
    throw error;
  }
}

/** The whole look, for a refresh or in the background. */
export async function directChanges(context: PromotionContext): Promise<string[]> {
  const connection = await connect(context.host, context.production.reader, { readOnly: true });
  try {
    const schema = asReadBy(await readProductionSchema(context, connection), await promoterAccount(context));
    return await noticeDirectChanges(context, schema, 'whole');
  } finally {
    await connection.close();
  }
}

async function notice(
  context: PromotionContext,
  schema: Schema,
  look: 'whole' | 'glance',
  readPast: () => Promise<PastPromotion[]>,
): Promise<string[]> {
  const known = knownPlaces(context);
  const nowSchema: KnownSchema = differentObjects(emptySchema(schema), schema)
    .filter(({ type }) => type !== 'database')
    .map(ref => ({ ...ref, digest: digestOf(objectText(schema, ref)) }));
  const lines = await schemaLines(await readJson(known.schema, knownSchema), nowSchema, readPast);
  const oldFiles =
    look === 'whole' || (await isSmall(known.files)) ? await readJson(known.files, knownFiles) : undefined;
  const scan = look === 'whole' || oldFiles !== undefined;
  const nowFiles = scan ? await scanFiles(context.production.root, siteFilter(context)) : undefined;
  if (oldFiles !== undefined && nowFiles !== undefined)
    lines.push(...(await fileLines(context, compareIndexes(oldFiles, nowFiles), readPast)));
  if (lines.length > 0) {
    try {
      await recordDirect(context, lines);
    } catch (error) {
      // Told now, and recorded at the next look: what is known stays as it was.
      context.host.log.warn('could not record a direct change', { problem: messageOf(error) });
      return lines;
    }
  }
  await writeJsonAtomic(known.schema, nowSchema);
  if (nowFiles !== undefined) await writeJsonAtomic(known.files, nowFiles);
  return lines;
}

async function schemaLines(
  before: KnownSchema | undefined,
  now: KnownSchema,
  readPast: () => Promise<PastPromotion[]>,
): Promise<string[]> {
  if (before === undefined) return [];
  const keyOf = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
  const old = new Map(before.map(object => [keyOf(object), object]));
  const current = new Map(now.map(object => [keyOf(object), object]));
  const moved = [...new Set([...old.keys(), ...current.keys()])].filter(
    key => old.get(key)?.digest !== current.get(key)?.digest,
  );
  if (moved.length === 0) return [];
  const ours = await promotedObjects(await readPast());
  const absent = digestOf(null);
  return moved
    .filter(key => !ours.has(`${key} ${current.get(key)?.digest ?? absent}`))
    .flatMap(key => {
      const ref = current.get(key) ?? old.get(key);
      const what = !current.has(key) ? 'dropped' : old.has(key) ? 'changed' : 'created';
      return ref === undefined ? [] : [`${describeObject(ref)} was ${what}`];
    })
    .sort();
}

/** `table orders <digest>` of every state that a promotion found or left. */
async function promotedObjects(past: readonly PastPromotion[]): Promise<Set<string>> {
  const states = new Set<string>();
  for (const { record, directory } of past) {
    for (const { object, observed } of await readObserved(directory))
      if (object.startsWith('schema:')) states.add(`${object.slice('schema:'.length)} ${observed}`);
    const before = record.schema?.before;
    for (const ref of record.schema?.touched ?? [])
      if (before !== undefined)
        states.add(`${ref.type} ${ref.name} ${digestOf(objectText(before, ref) ?? null)}`);
  }
  return states;
}

async function fileLines(
  context: PromotionContext,
  differences: readonly FileDifference[],
  readPast: () => Promise<PastPromotion[]>,
): Promise<string[]> {
  if (differences.length === 0) return [];
  const states = new Map<string, Set<string>>();
  for (const { record } of await readPast())
    for (const file of record.files) {
      const known = states.get(file.path) ?? new Set();
      states.set(file.path, known.add(identity(file.before)).add(identity(file.after)));
    }
  const lines: string[] = [];
  for (const { path: file, change } of differences) {
    const ours = states.get(file);
    if (ours !== undefined) {
      const now = (await readFileState(joinInside(context.production.root, file)))?.state;
      if (ours.has(identity(now))) continue;
    }
    lines.push(`file ${file} was ${change}`);
  }
  return lines;
}

function siteFilter({ config }: PromotionContext) {
  return pathFilter(config.production.files.exclude);
}

function knownPlaces({ paths }: PromotionContext): { schema: string; files: string } {
  return {
    schema: path.join(paths.state, 'production', 'schema.json'),
    files: path.join(paths.state, 'production', 'files.json'),
  };
}

async function isSmall(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size < glanceIndexBytes;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
