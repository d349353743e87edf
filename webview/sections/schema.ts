import type { PlanView, SchemaChange } from '../../server/protocol/plan.ts';
import { button, h, section } from '../dom.ts';
import { t } from '../l10n.ts';
import { post } from '../messages.ts';

/** Schema changes as DDL, each with its undo. */
export function schema(plan: PlanView): HTMLElement | undefined {
  if (plan.schema.length === 0) return undefined;
  return section('schema', t('Schema'), plan.schema.length, ...plan.schema.map(statement));
}

function statement(change: SchemaChange): HTMLElement {
  const locks = {
    none: t('blocks nothing'),
    writes: t('blocks writes'),
    everything: t('blocks reads and writes'),
  };
  return h(
    'details',
    { class: change.destructive ? 'destructive' : '', open: change.destructive },
    h(
      'summary',
      {},
      h('span', { class: `kind ${change.kind}` }, change.kind),
      h('strong', {}, change.object),
      h('span', { class: 'subtle' }, `${change.algorithm} · ${locks[change.locks]}`),
      change.destructive && h('span', { class: 'severity confirm' }, t('destructive')),
    ),
    ...change.reasons.map(reason => h('p', { class: 'reason' }, reason)),
    h('pre', { tabindex: 0, 'aria-label': t('DDL') }, change.sql),
    h('h3', {}, t('Undo')),
    h('pre', { tabindex: 0, 'aria-label': t('Undo') }, change.undoSql),
    button(t('Open as Document'), () => post({ type: 'openDdl', object: change.object })),
  );
}
