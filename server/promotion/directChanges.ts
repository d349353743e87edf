import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { connect } from '../database/connection.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode, hasReason, messageOf } from '../platform/errors.ts';
import { withLock } from '../platform/locks.ts';
import { joinInside } from '../platform/paths.ts';
import { introspect } from '../schema/introspect.ts';
import { emptySchema, type Schema } from '../schema/model.ts';
import { digestOf } from './canonical.ts';
import type { PromotionContext } from './context.ts';
import { describeObject, differentObjects, objectRefSchema, objectText } from './ddl/objects.ts';
import { compareIndexes, type FileDifference, type FileIndex, scanFiles } from './direct/scanFiles.ts';
import { recordDirect } from './evidence.ts';
import { identity, readFileState } from './files/fileState.ts';
import { pathFilter } from './files/pathFilter.ts';
import { committedPromotions, type PastPromotion } from './history.ts';
import { databaseOf } from './locks.ts';
import { stateDirectory } from './stateDirectory.ts';
import { unfinishedPromotions } from './unfinished.ts';

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
        return await notice(context, schema, look, await committedPromotions(state));
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
    return await noticeDirectChanges(context, await introspect(connection, databaseOf(context)), 'whole');
  } finally {
    await connection.close();
  }
}

async function notice(
  context: PromotionContext,
  schema: Schema,
  look: 'whole' | 'glance',
  past: readonly PastPromotion[],
): Promise<string[]> {
  const known = knownPlaces(context);
  const nowSchema: KnownSchema = differentObjects(emptySchema(schema), schema)
    .filter(({ type }) => type !== 'database')
    .map(ref => ({ ...ref, digest: digestOf(objectText(schema, ref)) }));
  const lines = schemaLines(await readJson(known.schema, knownSchema), nowSchema, past);
  const oldFiles =
    look === 'whole' || (await isSmall(known.files)) ? await readJson(known.files, knownFiles) : undefined;
  const scan = look === 'whole' || oldFiles !== undefined;
  const nowFiles = scan ? await scanFiles(context.production.root, siteFilter(context)) : undefined;
  if (oldFiles !== undefined && nowFiles !== undefined)
    lines.push(...(await fileLines(context, compareIndexes(oldFiles, nowFiles), past)));
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

function schemaLines(
  before: KnownSchema | undefined,
  now: KnownSchema,
  past: readonly PastPromotion[],
): string[] {
  if (before === undefined) return [];
  const keyOf = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
  const old = new Map(before.map(object => [keyOf(object), object]));
  const current = new Map(now.map(object => [keyOf(object), object]));
  const lines: string[] = [];
  for (const key of new Set([...old.keys(), ...current.keys()])) {
    const ref = current.get(key) ?? old.get(key);
    const digest = current.get(key)?.digest;
    if (ref === undefined || old.get(key)?.digest === digest) continue;
    const ours = past.some(({ record }) =>
      [record.schema?.before, record.schema?.after].some(
        side =>
          side !== undefined &&
          record.schema?.touched.some(touched => keyOf(touched) === key) &&
          digestOrNone(objectText(side, ref)) === digest,
      ),
    );
    if (ours) continue;
    const what = digest === undefined ? 'dropped' : old.has(key) ? 'changed' : 'created';
    lines.push(`${describeObject(ref)} was ${what}`);
  }
  return lines.sort();
}

async function fileLines(
  context: PromotionContext,
  differences: readonly FileDifference[],
  past: readonly PastPromotion[],
): Promise<string[]> {
  const states = new Map<string, Set<string>>();
  for (const { record } of past)
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

function digestOrNone(text: string | undefined): string | undefined {
  return text === undefined ? undefined : digestOf(text);
}
