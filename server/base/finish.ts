import { createHash } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { sealServer } from '../database/seal.ts';
import { syncDirectory, writeFileAtomic, writeJsonAtomic } from '../platform/atomicFile.ts';
import { timestamp } from '../platform/clock.ts';
import { jsonPieces } from '../platform/jsonPieces.ts';
import { mapLimit } from '../platform/parallel.ts';
import type { Operation } from '../platform/progress.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema } from '../schema/model.ts';
import { loadScrubKey } from '../scrub/key.ts';
import type { BaseContext, BaseResult } from './context.ts';
import type { Draft } from './draft.ts';
import { publishDraft } from './generations.ts';
import { collectGarbage } from './heap.ts';
import type { Manifest, TableRecord } from './manifest.ts';
import { databaseOf } from './reading.ts';
import { rulesOf } from './rules.ts';
import { outsideSnapshot } from './source.ts';
import { writeProof } from './statement.ts';
import type { Moment, Transferred } from './transfer.ts';

/** What a build or refresh has brought into the draft. */
export interface Copied extends Moment, Transferred {
  /** Tables that a refresh found unchanged, as the generation before records them. */
  kept: ReadonlyMap<string, TableRecord>;
  changeDetection: Manifest['changeDetection'];
}

export interface Beginning {
  origin: 'build' | 'refresh';
  from?: number;
  /** Clock reading at the start. */
  started: number;
}

/** Proves, seals and publishes a filled draft. From the rename on it is a generation. */
export async function finishDraft(
  context: BaseContext,
  draft: Draft,
  copied: Copied,
  beginning: Beginning,
  operation: Operation,
): Promise<BaseResult> {
  const { host, paths } = context;
  const builder = draft.builders[0];
  if (builder === undefined) throw new RangeError('a draft without sessions');
  await draft.threads.stop();
  // With ten thousand tables a schema is tens of megabytes, and so was what the threads and the proof have left.
  collectGarbage();
  const schema = await introspect(builder, databaseOf(context));
  for (const session of draft.builders) await session.close();
  operation.progress({ step: 'sealing' });
  await sealServer(host, draft.binaries, draft.server, operation.signal);
  const seconds = (host.clock.elapsed() - beginning.started) / 1000;
  const manifest = await manifestOf(context, draft, copied, beginning, schema, seconds);
  await writeFileAtomic(path.join(draft.directory, 'schema.json'), jsonPieces(schema));
  await writeJsonAtomic(path.join(draft.directory, 'manifest.json'), manifest);
  await writeProof(host, draft.directory, manifest, copied.proof, context.signingKeyFile);
  await syncTree(draft.directory);
  await publishDraft(paths, draft.generation, draft.directory);
  await syncDirectory(paths.bases);
  return {
    generation: draft.generation,
    rows: manifest.rows,
    bytes: manifest.bytes,
    seconds,
    tablesCopied: manifest.tablesCopied.length,
    warnings: manifest.warnings,
  };
}

async function manifestOf(
  context: BaseContext,
  draft: Draft,
  copied: Copied,
  beginning: Beginning,
  schema: Schema,
  seconds: number,
): Promise<Manifest> {
  const { reading, snapshot } = copied;
  const tables: Record<string, TableRecord> = Object.fromEntries(copied.kept);
  let bytes = 0;
  for (const [name, filled] of copied.filled) {
    const table = reading.tables.get(name);
    bytes += filled.bytes;
    tables[name] = {
      rows: filled.rows,
      engine: table?.engine ?? '',
      updateTime: table?.updateTime ?? null,
      createTime: table?.createTime ?? null,
      checksum: copied.checksums.get(name) ?? null,
      rules: rulesOf(reading.scrub.tables[name]),
      definition: reading.definitions.get(name) ?? '',
    };
  }
  const { binaries } = draft;
  const binariesDirectory = context.config.production.database.binaries;
  return {
    format: 1,
    generation: draft.generation,
    origin: beginning.origin,
    ...(beginning.from !== undefined && { from: beginning.from }),
    createdAt: timestamp(context.host.clock),
    seconds,
    engine: {
      flavour: binaries.flavour,
      version: [...binaries.version],
      versionText: binaries.versionText,
      production: reading.schema.version.join('.'),
      ...(binariesDirectory !== undefined && { binariesDirectory }),
    },
    database: databaseOf(context),
    schemaDigest: digestOf(schema),
    rulesDigest: reading.scrub.digest,
    keyId: (await loadScrubKey(context.host, context.projectId)).id,
    source: {
      at: snapshot.at,
      consistency: snapshot.consistency,
      position: snapshot.position ?? null,
      transactions: snapshot.transactions ?? null,
      startedAt: copied.startedAt,
      fingerprint: reading.fingerprint,
      outsideSnapshot: outsideSnapshot(reading),
    },
    changeDetection: copied.changeDetection,
    tables,
    rows: Object.values(tables).reduce((sum, table) => sum + table.rows, 0),
    bytes,
    tablesCopied: [...copied.filled.keys()],
    proven: true,
    warnings: copied.warnings,
  };
}

function digestOf(schema: Schema): string {
  const hash = createHash('sha256');
  for (const piece of jsonPieces(schema)) hash.update(piece);
  return hash.digest('hex');
}

/** Makes everything below the directory durable: until here nothing was, for speed. */
async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  // Side by side, so that the file system writes many at once: a table is a file or two.
  await mapLimit(entries, 16, async entry => {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await syncDirectory(file);
    else if (entry.isFile()) {
      const handle = await open(file, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  });
  await syncDirectory(directory);
}
