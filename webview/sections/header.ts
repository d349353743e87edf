import type { PlanView } from '../../server/protocol/plan.ts';
import { button, h } from '../dom.ts';
import { date, milliseconds, number, t } from '../l10n.ts';
import { post } from '../messages.ts';

/** What this is, in one glance: branch, digest, how much of what, and how long it will take. */
export function header(plan: PlanView): HTMLElement {
  const count = (change: string) =>
    plan.files.filter(file => file.change === change && !file.excluded).length;
  const excluded = plan.files.filter(file => file.excluded).length;
  const destructive = plan.schema.filter(change => change.destructive).length;
  return h(
    'header',
    {},
    h(
      'div',
      { class: 'title' },
      h('h1', {}, t('{0} → production', plan.branch)),
      button(t('Review in the Editor'), () => post({ type: 'openAll' }), { id: 'open-all' }),
      button(t('Refresh'), () => post({ type: 'refresh' }), { id: 'refresh' }),
    ),
    h(
      'p',
      { class: 'subtle' },
      t('Made {0}', date(plan.createdAt)),
      ` · ${t('Digest')} `,
      h('code', { title: plan.digest }, plan.digest.slice(0, 12)),
    ),
    h(
      'dl',
      { class: 'figures', id: 'summary' },
      figure(t('Files'), number(plan.files.length - excluded), [
        count('added') > 0 && t('{0} added', number(count('added'))),
        count('modified') > 0 && t('{0} modified', number(count('modified'))),
        count('deleted') > 0 && t('{0} deleted', number(count('deleted'))),
        excluded > 0 && t('{0} left out', number(excluded)),
      ]),
      figure(t('Schema changes'), number(plan.schema.length), [
        destructive > 0 && t('{0} destructive', number(destructive)),
      ]),
      figure(t('Findings'), number(plan.findings.filter(({ severity }) => severity !== 'info').length), []),
      figure(t('Rehearsal'), rehearsalText(plan), []),
      plan.approvals.required > 0 &&
        figure(t('Approvals'), `${plan.approvals.given.length} / ${plan.approvals.required}`, []),
    ),
  );
}

function figure(name: string, value: string, details: (string | false)[]): HTMLElement {
  const shown = details.filter(text => text !== false);
  return h(
    'div',
    {},
    h('dt', {}, name),
    h('dd', {}, value, shown.length > 0 && h('small', {}, ` ${shown.join(' · ')}`)),
  );
}

function rehearsalText({ rehearsal }: PlanView): string {
  if (rehearsal.state === 'passed') return milliseconds(rehearsal.applyMs);
  return rehearsal.state === 'failed' ? t('failed') : '–';
}
