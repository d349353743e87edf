import { checkbox, field, h } from '../dom.ts';
import { t } from '../l10n.ts';
import { post } from '../messages.ts';
import { type ApplyState, applyState, needsConfirmation, needsReview, type PageState } from '../state.ts';

type Button = HTMLElement & { disabled: boolean };

/** The foot of the page: message, questions, and the button. Made once, so that what is typed is never lost. */
export class ApplyFooter {
  readonly element: HTMLElement;
  readonly #message: ReturnType<typeof field>;
  readonly #questions = h('div', { class: 'questions' });
  readonly #button: Button;
  readonly #why = h('p', { class: 'subtle', id: 'why', 'aria-live': 'polite' });
  #asked = '';

  readonly #change: (part: Partial<PageState>) => void;

  constructor(change: (part: Partial<PageState>) => void, current: () => PageState) {
    this.#change = change;
    this.#message = field('vscode-text-area', t('Message of the promotion'), {
      id: 'message',
      rows: 2,
      resize: 'vertical',
      placeholder: t('What this promotion does'),
    });
    this.#message.addEventListener('input', () => {
      change({ message: this.#message.value });
      post({ type: 'message', text: this.#message.value });
    });
    this.#button = h(
      'vscode-button',
      { id: 'apply', appearance: 'primary', 'aria-describedby': 'why' },
      t('Apply These Exact Changes'),
    ) as Button;
    this.#button.addEventListener('click', () => {
      const { plan, message, confirmed, reviewed } = current();
      if (plan === undefined || applyState(current()).state !== 'possible') return;
      post({
        type: 'promote',
        digest: plan.digest,
        message: message.trim(),
        confirmDestructive: confirmed,
        reviewed,
      });
    });
    this.element = h(
      'footer',
      {},
      this.#message,
      this.#questions,
      h('div', { class: 'apply' }, this.#button, this.#why),
    );
  }

  show(state: PageState): void {
    if (this.#message.value !== state.message) this.#message.value = state.message;
    this.#ask(state);
    const can = applyState(state);
    this.#button.disabled = can.state !== 'possible';
    this.#why.textContent = can.state === 'possible' ? '' : whyText(can, state);
  }

  /** The questions are drawn anew only when they are others: a checkbox that has the focus keeps it. */
  #ask(state: PageState): void {
    const { plan } = state;
    const asked = plan === undefined ? '' : `${plan.digest} ${state.confirmed} ${state.reviewed}`;
    if (asked === this.#asked) return;
    const sameDigest = plan !== undefined && this.#asked.startsWith(plan.digest);
    this.#asked = asked;
    if (sameDigest || plan === undefined) return;
    this.#questions.replaceChildren(
      ...[
        needsReview(plan) &&
          checkbox(
            t('I have reviewed the findings above'),
            state.reviewed,
            reviewed => this.#change({ reviewed }),
            {
              id: 'reviewed',
            },
          ),
        needsConfirmation(plan) &&
          checkbox(
            t('Yes, remove from production what the findings above name'),
            state.confirmed,
            confirmed => this.#change({ confirmed }),
            { id: 'confirm' },
          ),
      ].filter(element => element !== false),
    );
  }
}

function whyText(can: Exclude<ApplyState, { state: 'possible' }>, { plan }: PageState): string {
  const missing = (plan?.approvals.required ?? 0) - (plan?.approvals.given.length ?? 0);
  const reasons: Record<typeof can.why, string> = {
    message: t('Write what this promotion does.'),
    confirm: t('Confirm what is removed.'),
    review: t('Review the findings first.'),
    approval: missing === 1 ? t('It needs one more approval.') : t('It needs {0} more approvals.', missing),
    busy: '',
    moved: t('Something has moved: rehearse it again first.'),
    done: t('These changes are in production.'),
    empty: t('Nothing differs from production.'),
    blocked: t('A finding blocks this promotion.'),
    conflict: t('Resolve the conflicts first.'),
    rehearsal: t('The rehearsal failed.'),
  };
  return reasons[can.why];
}
