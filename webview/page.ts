import type { ToPage } from '../server/protocol/preview.ts';
import { h } from './dom.ts';
import { t } from './l10n.ts';
import { ApplyFooter } from './sections/apply.ts';
import { approvals, rehearsal, undoNotes } from './sections/evidence.ts';
import { FilesSection } from './sections/files.ts';
import { header } from './sections/header.ts';
import { Notices } from './sections/notice.ts';
import { conflicts, findings, renames } from './sections/questions.ts';
import { schema } from './sections/schema.ts';
import { initialState, type PageState } from './state.ts';

/** The page as a whole: takes messages in, keeps the state, and draws the parts that a change touches. */
export class Page {
  readonly #notices = new Notices();
  readonly #before = h('div', {});
  readonly #after = h('div', {});
  readonly #files = new FilesSection();
  readonly #footer: ApplyFooter;
  #state: PageState = initialState;
  /** Digest of the last plan that the person asked for or shaped by a choice. */
  #lookedAt = '';

  constructor(root: HTMLElement) {
    this.#footer = new ApplyFooter(
      part => this.#become(part),
      () => this.#state,
    );
    root.replaceChildren(
      h('div', { class: 'scroll' }, this.#notices.element, this.#before, this.#files.element, this.#after),
      this.#footer.element,
    );
    this.#files.element.hidden = true;
    this.#become({});
  }

  receive(message: Exclude<ToPage, { type: 'answer' | 'strings' }>): void {
    switch (message.type) {
      case 'plan': {
        const { digest } = message.plan;
        const same = digest === this.#state.plan?.digest;
        // What was looked at stays what is applied: another plan that came because the world moved is asked for first.
        const moved = message.live && digest !== this.#lookedAt ? this.#state.moved : new Set<never>();
        if (moved.size === 0) this.#lookedAt = digest;
        this.#become({
          plan: message.plan,
          moved,
          ...(this.#state.message === '' && { message: message.message }),
          ...(!same && { confirmed: false, reviewed: false }),
        });
        this.#drawPlan();
        break;
      }
      case 'activity':
        this.#become({
          activity: message.activity,
          ...(message.activity.state === 'promoted' && { message: '' }),
        });
        break;
      case 'moved':
        this.#become({ moved: new Set([...this.#state.moved, message.what]) });
        break;
      case 'message':
        this.#become({ message: message.text });
    }
  }

  #become(part: Partial<PageState>): void {
    this.#state = { ...this.#state, ...part };
    this.#notices.show(this.#state);
    this.#footer.show(this.#state);
  }

  #drawPlan(): void {
    const { plan } = this.#state;
    if (plan === undefined) return;
    const open = openStatements(this.#before);
    const focused = this.#before.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const empty = plan.files.length + plan.schema.length === 0;
    const parts = [
      header(plan),
      empty ? nothing() : undefined,
      conflicts(plan),
      renames(plan),
      findings(plan),
      schema(plan),
    ];
    this.#before.replaceChildren(...parts.filter(part => part !== undefined));
    for (const details of this.#before.querySelectorAll('details'))
      if (open.has(details.querySelector('summary')?.textContent ?? '')) details.open = true;
    // A choice draws its own question anew: whoever made it by keyboard stays where they are.
    if (focused) document.getElementById(focused)?.focus();
    this.#files.show(plan);
    const after = [empty ? undefined : rehearsal(plan), undoNotes(plan), approvals(plan)];
    this.#after.replaceChildren(...after.filter(part => part !== undefined));
    performance.mark('greenroom:drawn');
  }
}

function openStatements(element: HTMLElement): Set<string> {
  return new Set(
    [...element.querySelectorAll('details[open] > summary')].map(summary => summary.textContent ?? ''),
  );
}

function nothing(): HTMLElement {
  return h(
    'p',
    { id: 'nothing', class: 'subtle' },
    t(
      'Nothing differs from production. What you save in the branch or change in the clone’s schema shows here.',
    ),
  );
}
