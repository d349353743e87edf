import type { PageActivity } from '../../server/protocol/preview.ts';
import { button, h } from '../dom.ts';
import { milliseconds, number, t } from '../l10n.ts';
import { post } from '../messages.ts';
import type { PageState } from '../state.ts';

/** What happens now or went wrong, and that the world moved. Announced to screen readers as it changes. */
export function notices(state: PageState): HTMLElement[] {
  const shown = [activityNotice(state.activity)];
  if (state.moved.size > 0 && state.activity.state !== 'working') shown.push(movedNotice(state.moved));
  if (state.plan !== undefined && state.plan.directChanges.length > 0)
    shown.push(
      notice(
        'warning',
        t('Production was changed without a promotion since the last look:'),
        h('ul', {}, ...state.plan.directChanges.map(change => h('li', {}, change))),
      ),
    );
  return shown.filter(element => element !== undefined);
}

function notice(kind: string, text: string, ...more: HTMLElement[]): HTMLElement {
  return h(
    'div',
    { class: `notice ${kind}`, role: kind === 'error' ? 'alert' : 'status' },
    h('p', {}, text),
    ...more,
  );
}

function movedNotice(moved: ReadonlySet<string>): HTMLElement {
  const text = moved.has('production')
    ? t('Production has moved since this plan was made.')
    : t('The environment has changed since this plan was made.');
  const element = notice(
    'warning',
    text,
    button(t('Make a New Plan'), () => post({ type: 'refresh' })),
  );
  element.id = 'moved';
  return element;
}

function activityNotice(activity: PageActivity): HTMLElement | undefined {
  switch (activity.state) {
    case 'idle':
      return undefined;
    case 'working':
      return working(activity);
    case 'failed': {
      const { message, items } = activity.failure;
      const element = notice('error', message, h('ul', {}, ...items.map(item => h('li', {}, item))));
      element.id = 'failure';
      return element;
    }
    case 'promoted': {
      const element = notice(
        'success',
        t(
          'Promoted in {0}. Ledger: {1}',
          milliseconds(activity.seconds * 1000),
          activity.ledgerCommit.slice(0, 12),
        ),
        ...activity.warnings.map(warning => h('p', {}, warning)),
        button(t('Undo'), () => post({ type: 'undo', promotion: activity.promotion }), { id: 'undo' }),
      );
      element.id = 'promoted';
      return element;
    }
    case 'undone': {
      const element = notice(
        'success',
        t('Undone in {0}. Production is as it was.', milliseconds(activity.seconds * 1000)),
      );
      element.id = 'undone';
      return element;
    }
  }
}

function working({ what, progress }: Extract<PageActivity, { state: 'working' }>): HTMLElement {
  const titles = {
    plan: t('Comparing and rehearsing'),
    promote: t('Promoting'),
    undo: t('Undoing'),
    approve: t('Signing'),
  };
  const amount =
    progress.done !== undefined && progress.total !== undefined
      ? ` ${number(progress.done)} / ${number(progress.total)}`
      : '';
  const element = h(
    'div',
    { class: 'notice working', id: 'working', role: 'status', 'data-what': what },
    h('vscode-progress-ring', { 'aria-hidden': 'true' }),
    h('p', {}, progress.step === '' ? titles[what] : `${titles[what]}: ${progress.step}${amount}`),
    button(t('Cancel'), () => post({ type: 'cancel' })),
  );
  return element;
}
