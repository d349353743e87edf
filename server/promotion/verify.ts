import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { GreenroomError } from '../platform/errors.ts';
import { mapLimit } from '../platform/parallel.ts';
import { resolveInside } from '../platform/paths.ts';
import { digestOf } from './canonical.ts';
import { objectText } from './ddl/objects.ts';
import { verifySchema } from './ddl/schemaWork.ts';
import { type FileState, identity, readFileState } from './files/fileState.ts';
import { syncFiles } from './files/fileWork.ts';
import { fileWorkOf, schemaWorkOf } from './halves.ts';
import type { PromotionDirectory } from './stateDirectory.ts';
import type { Transaction } from './transaction.ts';

const observedSchema = z.array(z.object({ object: z.string(), expected: z.string(), observed: z.string() }));
/** What production was read back to be, object by object: `file:index.php`, `schema:table orders`. */
export type Observed = z.infer<typeof observedSchema>;

/**
 * Reads production back, and keeps what was read for the evidence. Throws `apply-failed` with everything that is not what the
 * record promises. Also used to finish an interrupted promotion.
 */
export async function verify(
  transaction: Pick<Transaction, 'context' | 'directory' | 'record' | 'connection'>,
): Promise<void> {
  const { record, directory, connection } = transaction;
  await syncFiles(fileWorkOf(transaction));
  const wrong: string[] = [];
  const observed: Observed = await mapLimit(
    record.files.filter(file => !file.excluded),
    8,
    async file => {
      const now = (await readFileState(await resolveInside(record.productionRoot, file.path)))?.state;
      // A directory that holds what no promotion touches stays; it was told.
      const stays = file.after === undefined && now?.type === 'directory';
      if (!stays && identity(now) !== identity(file.after)) wrong.push(file.path);
      const expected = fileDigest(stays ? now : file.after);
      return { object: `file:${file.path}`, expected, observed: fileDigest(now) };
    },
  );
  if (wrong.length > 0)
    throw new GreenroomError('apply-failed', {
      subject: 'files',
      detail: 'they are not what the plan promised',
      items: wrong.sort(),
    });
  const work = schemaWorkOf(record);
  if (work !== undefined) {
    const now = await verifySchema(connection, work, 'forward');
    for (const ref of work.schema.touched) {
      // Verified by what it means: the server may spell it otherwise than the clone did.
      const digest = digestOf(objectText(now, ref) ?? null);
      observed.push({ object: `schema:${ref.type} ${ref.name}`.trim(), expected: digest, observed: digest });
    }
  }
  await writeJsonAtomic(directory.observed, observed);
}

export async function readObserved(directory: PromotionDirectory): Promise<Observed> {
  return (await readJson(directory.observed, observedSchema)) ?? [];
}

function fileDigest(state: FileState | undefined): string {
  return state?.type === 'file' ? state.sha256 : digestOf(identity(state));
}
