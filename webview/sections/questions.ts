import type { PlanView } from '../../server/protocol/plan.ts';
import { button, h, section } from '../dom.ts';
import { t } from '../l10n.ts';
import { post } from '../messages.ts';

/** Conflicts with what others did to production: one of the two versions has to be chosen. */
export function conflicts(plan: PlanView): HTMLElement | undefined {
  if (plan.conflicts.length === 0) return undefined;
  const choose = (id: string, resolution: 'mine' | 'theirs') => () =>
    post({ type: 'choose', choices: { resolve: { [id]: resolution } } });
  return section(
    'conflicts',
    t('Conflicts'),
    plan.conflicts.length,
    h(
      'ul',
      { class: 'cards' },
      ...plan.conflicts.map(({ id, kind, subject, message, mine, theirs, resolution }) =>
        h(
          'li',
          { class: resolution === undefined ? 'error' : 'done' },
          h('p', { id: `conflict-${encodeURIComponent(id)}` }, h('strong', {}, subject), ` ${message}`),
          mine !== undefined &&
            theirs !== undefined &&
            h(
              'div',
              { class: 'sides' },
              h('figure', {}, h('figcaption', {}, t('Environment')), h('pre', {}, mine)),
              h('figure', {}, h('figcaption', {}, t('Production')), h('pre', {}, theirs)),
            ),
          h(
            'div',
            { class: 'buttons' },
            button(t('Take the Environment’s'), choose(id, 'mine'), {
              id: `mine-${encodeURIComponent(id)}`,
              'aria-describedby': `conflict-${encodeURIComponent(id)}`,
              'aria-pressed': String(resolution === 'mine'),
              appearance: resolution === 'mine' ? 'primary' : 'secondary',
            }),
            button(t('Keep Production’s'), choose(id, 'theirs'), {
              id: `theirs-${encodeURIComponent(id)}`,
              'aria-describedby': `conflict-${encodeURIComponent(id)}`,
              'aria-pressed': String(resolution === 'theirs'),
              appearance: resolution === 'theirs' ? 'primary' : 'secondary',
            }),
            kind === 'file' &&
              button(t('Merge in the Editor'), () => post({ type: 'openDiff', path: subject }), {
                id: `merge-${encodeURIComponent(id)}`,
                'aria-describedby': `how-${encodeURIComponent(id)}`,
              }),
          ),
          kind === 'file' &&
            h(
              'p',
              { class: 'subtle', id: `how-${encodeURIComponent(id)}` },
              t('To merge: bring production’s lines over, save, then take the environment’s.'),
            ),
        ),
      ),
    ),
  );
}

/** A dropped and an added column that look alike: renamed, or really two? */
export function renames(plan: PlanView): HTMLElement | undefined {
  if (plan.renames.length === 0) return undefined;
  const choose = (id: string, decision: 'rename' | 'drop-and-add') => () =>
    post({ type: 'choose', choices: { renames: { [id]: decision } } });
  return section(
    'renames',
    t('Renamed?'),
    plan.renames.length,
    h(
      'ul',
      { class: 'cards' },
      ...plan.renames.map(({ id, kind, table, from, to, decision }) =>
        h(
          'li',
          { class: decision === undefined ? 'warning' : 'done' },
          h(
            'p',
            { id: `rename-${encodeURIComponent(id)}` },
            kind === 'table'
              ? t('Was the table {0} renamed to {1}?', from, to)
              : t('In {0}: was the column {1} renamed to {2}?', table, from, to),
          ),
          h(
            'div',
            { class: 'buttons' },
            button(t('Renamed'), choose(id, 'rename'), {
              id: `renamed-${encodeURIComponent(id)}`,
              'aria-describedby': `rename-${encodeURIComponent(id)}`,
              'aria-pressed': String(decision === 'rename'),
              appearance: decision === 'rename' ? 'primary' : 'secondary',
            }),
            button(t('Dropped and Added'), choose(id, 'drop-and-add'), {
              id: `both-${encodeURIComponent(id)}`,
              'aria-describedby': `rename-${encodeURIComponent(id)}`,
              'aria-pressed': String(decision === 'drop-and-add'),
              appearance: decision === 'drop-and-add' ? 'primary' : 'secondary',
            }),
          ),
        ),
      ),
    ),
  );
}

const order = ['block', 'confirm', 'review', 'info'];

export function findings(plan: PlanView): HTMLElement | undefined {
  if (plan.findings.length === 0) return undefined;
  const titles: Record<string, string> = {
    block: t('Blocks'),
    confirm: t('Confirm'),
    review: t('Review'),
    info: t('Note'),
  };
  const sorted = plan.findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return section(
    'findings',
    t('Findings'),
    plan.findings.length,
    h(
      'ul',
      { class: 'rows' },
      ...sorted.map(({ guard, severity, message, subject, line }) =>
        h(
          'li',
          { class: severity },
          h('span', { class: `severity ${severity}` }, titles[severity] ?? severity),
          h('span', { class: 'text' }, message),
          subject !== undefined && subjectLink(plan, subject, line),
          h('small', { class: 'subtle' }, guard),
        ),
      ),
    ),
  );
}

/** What a finding is about, as the way to it: the file beside production's, or the statement. */
function subjectLink(plan: PlanView, subject: string, line: number | undefined): HTMLElement {
  const text = h('code', {}, line === undefined ? subject : `${subject}:${line}`);
  const object = plan.schema.find(
    change => change.object === subject || subject.startsWith(`${change.object}.`),
  );
  const message = plan.files.some(({ path }) => path === subject)
    ? ({ type: 'openDiff', path: subject } as const)
    : object && ({ type: 'openDdl', object: object.object } as const);
  if (message === undefined) return text;
  return h('button', { class: 'link', title: t('Open it'), onclick: () => post(message) }, text);
}
