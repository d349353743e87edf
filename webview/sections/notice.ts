import type { PageActivity } from '../../server/protocol/preview.ts';
import { button, h } from '../dom.ts';
import { milliseconds, number, t } from '../l10n.ts';
import { post } from '../messages.ts';
import type { PageState } from '../state.ts';

/**
 * What happens now or went wrong, and that the world moved. A screen reader hears the first line of each, once; progress
 * changes its line in place, so that "Cancel" keeps the focus.
 */
export class Notices {
  readonly #spoken = h('p', { class: 'spoken', role: 'status' });
  readonly #shown = h('div', {});
  readonly element = h('div', { id: 'notices' }, this.#spoken, this.#shown);
  readonly #progress = h('p', {});
  #last = '';

  show(state: PageState): void {
    const { activity } = state;
    if (activity.state === 'working') this.#progress.textContent = progressText(activity);
    const key = JSON.stringify([
      activity.state === 'working' ? activity.what : activity,
      [...state.moved],
      state.plan?.directChanges,
    ]);
    if (key === this.#last) return;
    this.#last = key;
    const parts = noticesOf(state, this.#progress);
    this.#shown.replaceChildren(...parts);
    this.#spoken.textContent = parts
      .map(part => (part.id === 'working' ? '' : (part.querySelector('p')?.textContent ?? '')))
      .join(' ');
    if (activity.state === 'working') this.#spoken.textContent = workTitle(activity.what);
  }
}

function noticesOf(state: PageState, progress: HTMLElement): HTMLElement[] {
  const shown = [activityNotice(state.activity, progress)];
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
  return h('div', { class: `notice ${kind}` }, h('p', {}, text), ...more);
}

function movedNotice(moved: ReadonlySet<string>): HTMLElement {
  const text = moved.has('production')
    ? t('Production has moved. Below is what would be applied now.')
    : t('The environment has changed. Below is what would be applied now.');
  const element = notice(
    'warning',
    text,
    button(t('Rehearse Again'), () => post({ type: 'refresh' })),
  );
  element.id = 'moved';
  return element;
}

function activityNotice(activity: PageActivity, progress: HTMLElement): HTMLElement | undefined {
  switch (activity.state) {
    case 'idle':
      return undefined;
    case 'working':
      return working(activity.what, progress);
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

type Working = Extract<PageActivity, { state: 'working' }>;

function working(what: Working['what'], progress: HTMLElement): HTMLElement {
  return h(
    'div',
    { class: 'notice working', id: 'working', 'data-what': what },
    h('vscode-progress-ring', { 'aria-hidden': 'true' }),
    progress,
    button(t('Cancel'), () => post({ type: 'cancel' })),
  );
}

function progressText({ what, progress }: Working): string {
  const { step, done, total } = progress;
  const amount = done !== undefined && total !== undefined ? ` ${number(done)} / ${number(total)}` : '';
  return step === '' ? workTitle(what) : `${workTitle(what)}: ${step}${amount}`;
}

function workTitle(what: Working['what']): string {
  const titles = {
    plan: t('Comparing and rehearsing'),
    promote: t('Promoting'),
    undo: t('Undoing'),
    approve: t('Signing'),
  };
  return titles[what];
}
