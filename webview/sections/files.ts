import type { ResultOf } from '../../server/protocol/message.ts';
import type { FileChange, PlanView, planFile } from '../../server/protocol/plan.ts';
import { field, h, section } from '../dom.ts';
import { number, t } from '../l10n.ts';
import { askFile, post } from '../messages.ts';
import { VirtualList, type VirtualRow } from '../virtualList.ts';
import { hunksElement, hunksHeight } from './hunks.ts';

type Hunks =
  | { state: 'loading' }
  | { state: 'ready'; file: ResultOf<typeof planFile> }
  | { state: 'failed'; problem: string };
interface FileRow extends VirtualRow {
  file: FileChange;
}

const rowHeight = 26;

/** The list of changed files: thousands stay fluid, hunks come when a file is opened. Lives as long as the page. */
export class FilesSection {
  readonly element: HTMLElement;
  readonly #count = h('span', { class: 'count' });
  readonly #list: VirtualList<FileRow>;
  readonly #open = new Map<string, Hunks>();
  #files: readonly FileChange[] = [];
  #rows: FileRow[] = [];
  #digest = '';
  #filter = '';
  #active = 0;

  constructor() {
    this.#list = new VirtualList<FileRow>(
      { role: 'tree', 'aria-label': t('Changed files'), id: 'file-list' },
      (row, index) => this.#draw(row, index),
    );
    this.#list.element.addEventListener('keydown', event => this.#onKey(event));
    const filter = field('vscode-text-field', t('Filter by path'), {
      id: 'filter',
      placeholder: t('Filter by path'),
    });
    filter.addEventListener('input', () => {
      this.#filter = filter.value.toLowerCase();
      this.#layout();
    });
    this.element = section('files', t('Files'), undefined, filter, this.#list.element);
    this.element.querySelector('h2')?.append(this.#count);
  }

  show(plan: PlanView): void {
    // Hunks belong to one plan: with another digest they are asked for again.
    if (plan.digest !== this.#digest) {
      const wereOpen = [...this.#open.keys()];
      this.#open.clear();
      this.#digest = plan.digest;
      const still = new Set(plan.files.map(({ path }) => path));
      for (const path of wereOpen) if (still.has(path)) void this.#load(path);
    }
    this.#files = plan.files;
    this.element.hidden = plan.files.length === 0;
    this.#count.textContent = number(plan.files.length);
    this.#layout();
  }

  #layout(changed?: ReadonlySet<string>): void {
    this.#rows = this.#files
      .filter(({ path }) => this.#filter === '' || path.toLowerCase().includes(this.#filter))
      .map(file => ({ key: file.path, file, height: rowHeight + this.#openHeight(file.path) }));
    this.#active = Math.min(this.#active, Math.max(0, this.#rows.length - 1));
    this.#list.setRows(this.#rows, changed);
  }

  #openHeight(path: string): number {
    const open = this.#open.get(path);
    if (open === undefined) return 0;
    return open.state === 'ready' ? hunksHeight(open.file) : rowHeight;
  }

  #draw({ file }: FileRow, index: number): HTMLElement {
    const open = this.#open.get(file.path);
    const slash = file.path.lastIndexOf('/');
    // A plain box: dozens of rows are made while one scrolls, and a component each would be felt.
    const included = h('input', {
      type: 'checkbox',
      tabindex: -1,
      checked: !file.excluded,
      'aria-label': t('Part of the promotion: {0}', file.path),
    }) as HTMLInputElement;
    included.addEventListener('change', () => this.#include(file.path, included.checked));
    included.addEventListener('click', event => event.stopPropagation());
    const line = h(
      'div',
      { class: 'line', onclick: () => this.#toggle(index) },
      h('span', { class: `twisty ${open === undefined ? '' : 'open'}`, 'aria-hidden': 'true' }),
      included,
      h(
        'span',
        { class: `change ${file.change}`, 'aria-label': changeName(file.change) },
        letter(file.change),
      ),
      h('span', { class: 'name' }, file.path.slice(slash + 1)),
      h('span', { class: 'directory' }, slash > 0 ? file.path.slice(0, slash) : ''),
      h(
        'a',
        { class: 'compare', href: '#', tabindex: -1, onclick: (event: Event) => compare(event, file.path) },
        t('Compare'),
      ),
    );
    return h(
      'div',
      {
        class: `file ${file.excluded ? 'excluded' : ''}`,
        role: 'treeitem',
        tabindex: index === this.#active ? 0 : -1,
        'aria-level': 1,
        'aria-setsize': this.#rows.length,
        'aria-posinset': index + 1,
        'aria-expanded': String(open !== undefined),
        'aria-checked': String(!file.excluded),
        'aria-label': `${file.path}, ${changeName(file.change)}`,
        'data-path': file.path,
        onfocus: () => {
          this.#active = index;
        },
      },
      line,
      open?.state === 'ready' && hunksElement(open.file),
      open?.state === 'loading' && h('p', { class: 'subtle hunks' }, t('Comparing…')),
      open?.state === 'failed' && h('p', { class: 'error hunks' }, open.problem),
    );
  }

  #include(path: string, included: boolean): void {
    const excluded = new Set(this.#files.filter(file => file.excluded).map(file => file.path));
    if (included) excluded.delete(path);
    else excluded.add(path);
    post({ type: 'choose', choices: { excludeFiles: [...excluded].sort() } });
  }

  #toggle(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#active = index;
    const path = row.file.path;
    if (this.#open.delete(path)) this.#redraw(path);
    else void this.#load(path);
  }

  async #load(path: string): Promise<void> {
    const digest = this.#digest;
    this.#open.set(path, { state: 'loading' });
    this.#redraw(path);
    let hunks: Hunks;
    try {
      hunks = { state: 'ready', file: await askFile(path) };
    } catch (error) {
      hunks = { state: 'failed', problem: error instanceof Error ? error.message : String(error) };
    }
    if (digest !== this.#digest || !this.#open.has(path)) return;
    this.#open.set(path, hunks);
    this.#redraw(path);
  }

  #redraw(path: string): void {
    const focused = document.activeElement?.closest('.file')?.getAttribute('data-path');
    this.#layout(new Set([path]));
    if (focused === path) this.#list.reveal(this.#rows.findIndex(row => row.key === path))?.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#rows[this.#active];
    if (row === undefined || !(event.target as Element).matches('.file')) return;
    const open = this.#open.has(row.file.path);
    const page = Math.max(1, Math.floor(this.#list.element.clientHeight / rowHeight) - 1);
    const moves: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#rows.length,
      End: this.#rows.length,
    };
    const move = moves[event.key];
    if (move !== undefined) this.#focus(this.#active + move);
    else if (event.key === ' ') this.#include(row.file.path, row.file.excluded === true);
    else if (
      event.key === 'Enter' ||
      (event.key === 'ArrowRight' && !open) ||
      (event.key === 'ArrowLeft' && open)
    )
      this.#toggle(this.#active);
    else return;
    event.preventDefault();
  }

  #focus(index: number): void {
    this.#active = Math.min(Math.max(0, index), this.#rows.length - 1);
    this.#list.reveal(this.#active)?.focus();
  }
}

function compare(event: Event, path: string): void {
  event.preventDefault();
  event.stopPropagation();
  post({ type: 'openDiff', path });
}

function letter(change: FileChange['change']): string {
  return { added: 'A', modified: 'M', deleted: 'D' }[change];
}

function changeName(change: FileChange['change']): string {
  return { added: t('added'), modified: t('modified'), deleted: t('deleted') }[change];
}
