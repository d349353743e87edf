import type { PlanView } from '../../server/protocol/plan.ts';
import { button, h, section } from '../dom.ts';
import { date, milliseconds, t } from '../l10n.ts';
import { post } from '../messages.ts';

/** How the plan and its undo went on a throw-away clone, statement by statement. */
export function rehearsal({ rehearsal: result }: PlanView): HTMLElement | undefined {
  switch (result.state) {
    case 'none':
      return section('rehearsal', t('Rehearsal'), undefined, h('p', { class: 'subtle' }, result.why));
    case 'failed':
      return section('rehearsal', t('Rehearsal'), undefined, h('p', { class: 'error' }, result.problem));
    case 'passed':
      return section(
        'rehearsal',
        t('Rehearsal'),
        undefined,
        h(
          'p',
          {},
          t(
            'Applied in {0} and undone in {1} on a throw-away clone.',
            milliseconds(result.applyMs),
            milliseconds(result.undoMs),
          ),
        ),
        result.statements.length > 0 &&
          h(
            'table',
            {},
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                ...[t('Statement'), t('Takes'), t('Blocks writes')].map(name =>
                  h('th', { scope: 'col' }, name),
                ),
              ),
            ),
            h(
              'tbody',
              {},
              ...result.statements.map(({ sql, ms, blocksWritesMs }) =>
                h(
                  'tr',
                  {},
                  h('td', {}, h('code', {}, sql.length > 120 ? `${sql.slice(0, 120)}…` : sql)),
                  h('td', { class: 'number' }, milliseconds(ms)),
                  h('td', { class: 'number' }, milliseconds(blocksWritesMs)),
                ),
              ),
            ),
          ),
      );
  }
}

export function undoNotes(plan: PlanView): HTMLElement | undefined {
  if (plan.undoNotes.length === 0) return undefined;
  return section(
    'undo-notes',
    t('What undo would do'),
    undefined,
    h('ul', {}, ...plan.undoNotes.map(note => h('li', {}, note))),
  );
}

export function approvals(plan: PlanView): HTMLElement | undefined {
  const { required, given } = plan.approvals;
  if (required === 0 && given.length === 0) return undefined;
  return section(
    'approvals',
    t('Approvals'),
    undefined,
    h('p', {}, t('{0} of {1} required', given.length, required)),
    given.length < required &&
      h(
        'p',
        { class: 'subtle' },
        t(
          'A colleague approves exactly this plan, here or with “greenroom approve”. Your own does not count for your own promotion.',
        ),
      ),
    h(
      'ul',
      {},
      ...given.map(({ by, at, commit }) =>
        h('li', {}, `${by} · ${date(at)} · `, h('code', {}, commit.slice(0, 12))),
      ),
    ),
    button(t('Approve These Exact Changes'), () => post({ type: 'approve' }), { id: 'approve' }),
  );
}
