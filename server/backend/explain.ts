import { GreenroomError, messageOf, type Reason } from '../platform/errors.ts';
import type { Redactor } from '../platform/log.ts';
import type { Failure } from '../protocol/common.ts';

interface Words {
  /** What happened, to what. `subject` and `detail` may be empty. */
  what(subject: string, detail: string): string;
  /** What to do next. */
  next: string;
  /** Exit code of the command line; 1 unless said otherwise (design, section 5). */
  exit?: 2 | 3 | 4;
}

const because = (detail: string) => (detail ? `: ${detail}` : '');
const of = (subject: string, fallback: string) => subject || fallback;

/** Every reason's sentence, in one place. */
const words: Record<Reason, Words> = {
  usage: {
    what: (s, d) => (s ? `"${s}" cannot be done${because(d)}.` : `That cannot be done${because(d)}.`),
    next: 'See greenroom --help.',
    exit: 2,
  },
  'configuration-missing': {
    what: s => `There is no configuration at ${s}.`,
    next: 'Run "greenroom init" to write one.',
    exit: 2,
  },
  'configuration-invalid': {
    what: s => `There are mistakes in ${s}.`,
    next: 'Correct the lines named below.',
    exit: 2,
  },
  'secret-missing': {
    what: (s, d) =>
      `${s}, which greenroom.jsonc refers to as ${d === 'secret' ? `\${secret:${s}}` : `\${env:${s}}`}, is not set.`,
    next: 'Set the environment variable in the shell that runs Greenroom, or store it with "Staging: Set a Secret" in the editor.',
    exit: 2,
  },
  'no-repository': {
    what: s => `${of(s, 'This folder')} is not in a git repository.`,
    next: 'Run "git init" there, or open the folder of a repository.',
    exit: 2,
  },
  'detached-head': {
    what: (s, d) => `HEAD is not on a branch in ${of(s, 'this worktree')}${because(d)}.`,
    next: 'Check out a branch; an environment belongs to one.',
  },
  'git-failed': {
    what: (s, d) => `Git could not ${of(s, 'do its work')}${because(d)}.`,
    next: 'Run "git status" in the repository; the log has git’s own words.',
  },
  'binary-missing': {
    what: (s, d) => `The program ${s} was not found${because(d)}.`,
    next: 'Install it, or name its directory in greenroom.jsonc; "greenroom doctor" says what is needed.',
  },
  'disk-full': {
    what: (s, d) => `There is not enough room at ${of(s, 'the store')}${because(d)}.`,
    next: 'Free some space (greenroom gc, env destroy --now), or move the store by GREENROOM_HOME.',
  },
  permission: {
    what: (s, d) => `This user may not write or read ${s}${because(d)}.`,
    next: 'Change its owner or mode, or run as the user that may.',
  },
  'path-escape': {
    what: s => `The path ${s} leads out of its root.`,
    next: 'Use a path inside the site, without links that lead out of it.',
  },
  locked: {
    what: (s, d) => `${of(s, 'This')} is in use${because(d)}.`,
    next: 'Wait for it to end, then try again.',
  },
  'process-failed': {
    what: (s, d) => `${of(s, 'A program')} failed${because(d)}.`,
    next: 'The log has all of its output.',
  },
  timeout: {
    what: (s, d) => `${of(s, 'It')} took too long${because(d)}.`,
    next: 'Try again; the log says what it waited for.',
  },
  cancelled: {
    what: s => `${of(s, 'It')} was cancelled; nothing of it is left.`,
    next: 'Start it again when you like.',
  },
  unsupported: {
    what: (s, d) => `${of(s, 'This')} is not supported here${because(d)}.`,
    next: 'See "greenroom doctor".',
  },
  'database-unreachable': {
    what: (s, d) => `No database answers at ${s}${because(d)}.`,
    next: 'Check that the server runs and that the address in greenroom.jsonc is right.',
  },
  'database-denied': {
    what: (s, d) => `The database at ${s} refused the account${because(d)}.`,
    next: 'Check user, password and grants; "greenroom doctor" lists the grants that are needed.',
  },
  'database-missing': {
    what: s => `The database ${s} does not exist on its server.`,
    next: 'Correct the name at the end of the URL in greenroom.jsonc.',
  },
  'database-failed': {
    what: (s, d) => `The database could not do it (${of(s, 'statement')})${because(d)}.`,
    next: 'Nothing was left half done; the log has the statement.',
  },
  'files-missing': {
    what: (s, d) => `Production’s files are not at ${s}${because(d)}.`,
    next: 'Correct production.files.root in greenroom.jsonc.',
  },
  'files-unreadable': {
    what: (s, d) => `Production’s files at ${s} cannot be read${because(d)}.`,
    next: 'Give this user read access to them.',
  },
  unclassified: {
    what: (s, d) =>
      `Some columns of ${of(s, 'the database')} have no scrub rule${because(d)}, so nothing was copied.`,
    next: 'Add the rules below to "scrub.rules" in greenroom.jsonc, after reading them.',
  },
  'scrub-failed': {
    what: (s, d) => `Scrubbing ${s} failed${because(d)}.`,
    next: 'Choose another transformer for this column.',
  },
  'proof-failed': {
    what: s => `The scrubbed base still held personal data of ${s}; it was thrown away.`,
    next: 'Add or change the rules of the columns below.',
  },
  'base-missing': {
    what: s => `There is no base of ${of(s, 'production')} yet.`,
    next: 'Run "greenroom base build" once; environments are made from it.',
  },
  'environment-missing': {
    what: (s, d) => `${of(s, 'This branch')} has no environment${because(d)}.`,
    next: 'Run "greenroom env create" on the branch.',
  },
  'environment-busy': {
    what: (s, d) => `The environment of ${s} was kept${because(d)}.`,
    next: 'Promote or commit the changes, or say that they may go (--even-if-changed).',
    exit: 3,
  },
  'branch-excluded': {
    what: s => `The branch ${s} gets no environment.`,
    next: 'Check out another branch, or change "environment.exclude".',
  },
  'live-secret': {
    what: (s, d) => `A live secret is still in ${s}${because(d)}, so the environment was not made.`,
    next: 'Give it a sandbox value in "reroute.sandbox", or name it in "reroute.keep" if it is none.',
  },
  'configuration-unparsable': {
    what: (s, d) =>
      `${s} cannot be read${because(d)}, so its secrets cannot be removed and the environment was not made.`,
    next: 'Correct the file in production or take it out of "reroute.config".',
  },
  'plan-changed': {
    what: s => `The plan ${of(s, '')} is not the present one: the environment changed since.`,
    next: 'Look at the new plan (greenroom diff) and promote that.',
    exit: 4,
  },
  'production-moved': {
    what: (s, d) =>
      `Production changed since the plan was made${because(d)}${s ? ` (${s})` : ''}; nothing was applied.`,
    next: 'Look at the new plan (greenroom diff) and promote that.',
    exit: 4,
  },
  conflict: {
    what: (s, d) =>
      `Production and this environment changed the same things${s ? ` (${s})` : ''}${because(d)}.`,
    next: 'Decide each: mine, theirs, or merge in the editor.',
    exit: 4,
  },
  finding: {
    what: (s, d) => `The plan has findings that want your word${s ? ` (${s})` : ''}${because(d)}.`,
    next: 'Read them; then promote with --confirm-destructive or --reviewed.',
    exit: 3,
  },
  'data-check': {
    what: (s, d) =>
      `Production’s data does not fit the new schema of ${s}${because(d)}; nothing was changed.`,
    next: 'Clean the rows below in production, or change the schema on the branch.',
    exit: 4,
  },
  'rehearsal-failed': {
    what: (s, d) =>
      `The rehearsal on a throw-away clone failed${s ? ` at ${s}` : ''}${because(d)}; production was not touched.`,
    next: 'Correct the change on the branch; the rehearsal says which statement failed.',
  },
  'approval-missing': {
    what: (s, d) => `The plan ${s} has not enough approvals${because(d)}.`,
    next: 'Ask a colleague to run "greenroom approve" with its digest.',
    exit: 3,
  },
  'nothing-to-promote': {
    what: () => 'There is nothing to promote: the environment and production are the same.',
    next: 'Change something on the branch first.',
  },
  'promotion-missing': {
    what: s => `There is no promotion ${s}.`,
    next: '"greenroom log" lists them.',
    exit: 2,
  },
  'undo-blocked': {
    what: (s, d) => `The promotion ${s} cannot be undone now${because(d)}.`,
    next: 'What is in the way is listed below; undo or move that first.',
    exit: 4,
  },
  'snapshot-damaged': {
    what: (s, d) => `The snapshot ${s} is damaged${because(d)}.`,
    next: 'Do not undo by hand; restore the snapshot’s files from a backup first.',
  },
  'journal-damaged': {
    what: (s, d) => `The state file ${s} is not as Greenroom wrote it${because(d)}.`,
    next: 'Do not retry. Keep the file, look at production, and ask a person who knows it.',
  },
  'hook-failed': {
    what: (s, d) => `The hook "${s}" failed${because(d)}.`,
    next: 'Correct the command in "promotion.hooks".',
  },
  'apply-failed': {
    what: (s, d) =>
      `The promotion failed at ${of(s, 'a step')}${because(d)}; production is as it was before.`,
    next: 'Read the cause, correct it, and promote again.',
  },
  'ledger-damaged': {
    what: (s, d) => `The evidence ledger is not what was written${s ? ` (${s})` : ''}${because(d)}.`,
    next: 'Run "greenroom verify" and show its list to whoever keeps the evidence.',
  },
  'signing-failed': {
    what: (s, d) => `The evidence could not be signed${s ? ` with ${s}` : ''}${because(d)}.`,
    next: 'Check git’s user.signingkey, or unset it to use a key made for you.',
  },
  internal: {
    what: (s, d) => `Greenroom met a case it does not know${s ? ` (${s})` : ''}${because(d)}.`,
    next: 'The log has the details; please report it.',
  },
};

/** Turns whatever was thrown into the user's sentence, its items, and the exit code. The only place that does. */
export function explain(error: unknown, redact: Redactor): Failure {
  if (!(error instanceof GreenroomError)) {
    return {
      reason: 'internal',
      message: redact.clean(`${words.internal.what('', messageOf(error))} ${words.internal.next}`),
      items: [],
      exitCode: 1,
    };
  }
  const entry = words[error.reason];
  const sentence = entry.what(error.subject ?? '', error.detail ?? '');
  return {
    reason: error.reason,
    message: redact.clean(`${tidy(sentence)} ${tidy(error.next ?? entry.next)}`),
    items: error.items.map(item => redact.clean(item)),
    exitCode: entry.exit ?? 1,
  };
}

/** One sentence that begins large and ends with one full stop, whatever was put into it. */
function tidy(sentence: string): string {
  const text = sentence.replace(/\s+/g, ' ').trim().replace(/\.*$/, '.');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
