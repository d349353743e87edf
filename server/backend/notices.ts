import type { Verdict } from '../environments/expiry.ts';
import type { EnvironmentRecord } from '../environments/record.ts';
import type { ParamsOf } from '../protocol/message.ts';
import type { notice } from '../protocol/project.ts';

/** The sentence a person hears about an environment's end. */
export function noticeOf(
  folder: string,
  record: EnvironmentRecord,
  verdict: Exclude<Verdict, { verdict: 'keep' }>,
): ParamsOf<typeof notice> {
  const about = { folder, branch: record.branch, environment: record.id };
  if (verdict.verdict === 'tell') {
    const at = new Date(verdict.at).toISOString().slice(0, 16).replace('T', ' ');
    return {
      ...about,
      kind: 'expires-soon',
      message: `The environment of ${record.branch} expires at ${at} UTC: nothing was pushed.`,
    };
  }
  const why = verdict.why === 'merged' ? 'is merged' : 'had no push for its idle time';
  if (verdict.verdict === 'expire')
    return {
      ...about,
      kind: 'expired',
      message: `The environment of ${record.branch} has expired: the branch ${why}. It can be restored for a day.`,
    };
  const because =
    verdict.because === 'in-use'
      ? 'it is in use'
      : 'it holds changes that are neither in production nor in git';
  return {
    ...about,
    kind: 'expires-soon',
    message: `${record.branch} ${why}, but its environment is kept: ${because}. Destroy it, or postpone its end.`,
  };
}

/** Said once per move; the preview and the status bar keep saying it. */
export function movedNotice(folder: string, { branch, id }: EnvironmentRecord): ParamsOf<typeof notice> {
  return {
    folder,
    branch,
    environment: id,
    kind: 'production-moved',
    message: `Production has changed where ${branch} changes it too. Look at the plan again before you promote.`,
  };
}
