import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { SettledCheckout } from '../git/checkout.ts';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import { mapLimit } from '../platform/parallel.ts';
import type { Operation } from '../platform/progress.ts';
import { isAbsent, isDenied, lstatIfAny, sameContent } from './compare.ts';
import type { Overlay } from './overlay.ts';
import { SiteWriter, type Staged } from './siteWriter.ts';
import { type SyncState, sameSource, sourceOf } from './syncState.ts';

/** What the branch wants at a path of the site. */
export type Wanted = { kind: 'file'; source: string } | { kind: 'directory' } | { kind: 'deleted' };

export interface SyncReport {
  /** Paths in the site. */
  written: string[];
  deleted: string[];
  /** What the branch changed and must not bring: the forked configuration. Found by a sync of everything only. */
  leftOut?: string[];
  /** One sentence each. */
  warnings: string[];
}

/** What is asked about the worktree while its files are applied. */
export interface BranchWorktree {
  /** Which of the recorded paths this run speaks for; others are left as they are. */
  inScope(sitePath: string): boolean;
  worktreeHas(sitePath: string): Promise<boolean>;
  /** Since before anything was read of it. */
  checkout: SettledCheckout;
}

/**
 * Makes the site follow the branch: deletions first (case-only renames, files that became directories), then what the
 * branch has otherwise than production, and production's version back where the branch no longer differs. What the
 * environment itself changed is touched only when the branch's file changes.
 *
 * Everything is read from the worktree before the first change of the site: a checkout that began meanwhile may have
 * put another branch's files there. Then `undefined` is returned, and nothing was changed.
 */
export async function applyBranch(
  overlay: Overlay,
  state: SyncState,
  wanted: ReadonlyMap<string, Wanted>,
  worktree: BranchWorktree,
  op: Operation,
): Promise<SyncReport | undefined> {
  const { inScope, worktreeHas } = worktree;
  const report: SyncReport = { written: [], deleted: [], warnings: [] };
  const writer = new SiteWriter(overlay);
  const guarded: Guarded = async (relative, action) => {
    if (op.signal.aborted) throw new GreenroomError('cancelled', { subject: overlay.site });
    try {
      await action();
    } catch (error) {
      // One path that cannot be written must not keep the others out; it is named.
      if (hasReason(error, 'path-escape'))
        report.warnings.push(`${relative} lies behind a link that leads out of the site: it was left out`);
      else if (hasReason(error, 'permission') || isDenied(error))
        report.warnings.push(`${relative} cannot be read or written by this user: it was left out`);
      else throw error;
    }
  };
  const writes: { relative: string; source: string }[] = [];
  const restores: string[] = [];
  const deletions: string[] = [];

  for (const relative of Object.keys(state.entries))
    if (inScope(relative) && !wanted.has(relative)) restores.push(relative);
  for (const [relative, { kind }] of wanted)
    if (kind === 'deleted' && state.entries[relative]?.kind !== 'deleted') deletions.push(relative);
  await mapLimit([...wanted], 16, ([relative, want]) =>
    guarded(relative, async () => {
      if (want.kind !== 'file') return;
      const known = state.entries[relative];
      const stats = await lstatIfAny(want.source);
      if (stats === undefined || stats.isDirectory()) return;
      if (known?.kind === 'file' && sameSource(known.source, sourceOf(stats))) return;
      if (!(await isProductions(overlay, relative, want.source)))
        writes.push({ relative, source: want.source });
      else if (known !== undefined) restores.push(relative);
    }),
  );
  const staged: Staged[] = [];
  try {
    await mapLimit(writes, 8, ({ relative, source }) =>
      guarded(relative, async () => {
        try {
          staged.push(await writer.stage(relative, source));
        } catch (error) {
          // Gone since it was seen: the next look at the worktree, which that brings, tells what to do.
          if (!isAbsent(error) || (await lstatIfAny(source)) !== undefined) throw error;
        }
      }),
    );
    if (!(await worktree.checkout.isUntouched())) return undefined;
    await applyAll();
    return report;
  } finally {
    await mapLimit(staged, 8, one => one.discard());
  }

  async function applyAll(): Promise<void> {
    await overlay.noteFirstWritten([...deletions, ...writes.map(({ relative }) => relative)]);

    // Longest first: what lies in a directory goes before it.
    for (const relative of deletions.sort((a, b) => b.length - a.length))
      await guarded(relative, async () => {
        if ((await lstatIfAny(path.join(overlay.site, relative))) !== undefined) {
          await writer.remove(relative);
          report.deleted.push(relative);
          await removeEmptyParents(overlay, writer, relative, worktreeHas);
        }
        state.entries[relative] = { kind: 'deleted' };
      });
    await restoreAll(overlay, writer, state, restores, worktreeHas, guarded, report);
    await mapLimit(staged, 8, one =>
      guarded(one.relative, async () => {
        const warning = await one.put();
        if (warning !== undefined) report.warnings.push(warning);
        else report.written.push(one.relative);
        state.entries[one.relative] = { kind: 'file', source: sourceOf(one.stats) };
        if (report.written.length % 500 === 0)
          op.progress({
            step: 'writing the branch’s files',
            done: report.written.length,
            total: writes.length,
            unit: 'files',
          });
      }),
    );
    for (const [relative, { kind }] of wanted)
      if (kind === 'directory' && (await lstatIfAny(path.join(overlay.site, relative))) === undefined)
        await guarded(relative, async () => {
          await writer.makeDirectory(relative);
          state.entries[relative] = { kind: 'directory' };
          report.written.push(relative);
        });
    report.written.sort();
    report.deleted.sort();
  }
}

type Guarded = (relative: string, action: () => Promise<void>) => Promise<void>;

/** What production lacks is taken away first, deepest first; then production's own comes back, directories first. */
async function restoreAll(
  overlay: Overlay,
  writer: SiteWriter,
  state: SyncState,
  restores: readonly string[],
  worktreeHas: (sitePath: string) => Promise<boolean>,
  guarded: Guarded,
  report: SyncReport,
): Promise<void> {
  const back: string[] = [];
  for (const relative of [...restores].sort((a, b) => b.length - a.length))
    await guarded(relative, async () => {
      delete state.entries[relative];
      if ((await lstatIfAny(path.join(overlay.productionRoot, relative))) !== undefined) {
        back.push(relative);
        return;
      }
      await writer.remove(relative);
      report.deleted.push(relative);
      await removeEmptyParents(overlay, writer, relative, worktreeHas);
    });
  for (const relative of back.reverse())
    await guarded(relative, async () => {
      await writer.restore(relative);
      report.written.push(relative);
    });
}

/** Whether production has the very same: bytes (or target of a link) and executable or not. */
async function isProductions(overlay: Overlay, relative: string, source: string): Promise<boolean> {
  const original = path.join(overlay.productionRoot, relative);
  try {
    const [stats, production] = await Promise.all([lstat(source), lstatIfAny(original)]);
    if (production === undefined) return false;
    if (stats.isSymbolicLink() && production.isSymbolicLink())
      return (await readlink(source)) === (await readlink(original));
    if (!stats.isFile() || !production.isFile()) return false;
    if ((stats.mode & 0o100) !== (production.mode & 0o100)) return false;
    return await sameContent(source, original, stats.size, production.size);
  } catch (error) {
    // Production's version cannot be read: the branch's is written beside it.
    if (isDenied(error)) return false;
    throw error;
  }
}

/** git keeps no directories: one that the branch no longer has, and in which nothing is left, goes with its last file. */
async function removeEmptyParents(
  overlay: Overlay,
  writer: SiteWriter,
  relative: string,
  worktreeHas: (sitePath: string) => Promise<boolean>,
): Promise<void> {
  for (let parent = path.posix.dirname(relative); parent !== '.'; parent = path.posix.dirname(parent)) {
    const directory = path.join(overlay.site, parent);
    const stats = await lstatIfAny(directory);
    if (!stats?.isDirectory() || (await readdir(directory)).length > 0 || (await worktreeHas(parent))) return;
    await writer.remove(parent);
  }
}
