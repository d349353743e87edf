import { h } from './dom.ts';

export interface VirtualRow {
  key: string;
  /** Pixels; known without drawing the row. */
  height: number;
}

/**
 * A scrolling list that draws only what is in view. Row heights are given, so that the scroll bar is right from the start
 * and nothing has to be measured: its cost does not grow with the number of rows.
 */
export class VirtualList<R extends VirtualRow> {
  readonly element: HTMLElement;
  readonly #space: HTMLElement;
  readonly #draw: (row: R, index: number) => HTMLElement;
  #rows: readonly R[] = [];
  /** `#tops[i]` is where row i begins; one more entry than rows. */
  #tops: Float64Array = new Float64Array(1);
  #drawn = new Map<string, HTMLElement>();

  constructor(attributes: Record<string, string>, draw: (row: R, index: number) => HTMLElement) {
    this.#draw = draw;
    this.#space = h('div', { class: 'space', role: 'presentation' });
    this.element = h('div', { class: 'virtual', ...attributes }, this.#space);
    this.element.addEventListener('scroll', () => this.#update(), { passive: true });
    new ResizeObserver(() => this.#update()).observe(this.element);
  }

  /** New rows; rows named in `changed`, or all, are drawn anew. */
  setRows(rows: readonly R[], changed?: ReadonlySet<string>): void {
    this.#rows = rows;
    this.#tops = new Float64Array(rows.length + 1);
    rows.forEach((row, index) => {
      this.#tops[index + 1] = (this.#tops[index] ?? 0) + row.height;
    });
    const total = this.#tops[rows.length] ?? 0;
    this.#space.style.height = `${total}px`;
    this.element.style.height = `min(60vh, ${total + 2}px)`;
    for (const [key, element] of this.#drawn) {
      if (changed !== undefined && !changed.has(key)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    this.#update();
  }

  reveal(index: number): HTMLElement | undefined {
    const top = this.#tops[index] ?? 0;
    const row = this.#rows[index];
    if (row === undefined) return undefined;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + row.height > scrollTop + clientHeight)
      this.element.scrollTop = Math.min(top, top + row.height - clientHeight);
    this.#update();
    return this.#drawn.get(row.key);
  }

  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tops[middle + 1] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #update(): void {
    const margin = 200;
    const from = this.#indexAt(this.element.scrollTop - margin);
    const bottom = this.element.scrollTop + this.element.clientHeight + margin;
    const wanted = new Set<string>();
    const fresh: HTMLElement[] = [];
    for (let index = from; index < this.#rows.length && (this.#tops[index] ?? 0) < bottom; index++) {
      const row = this.#rows[index];
      if (row === undefined) break;
      wanted.add(row.key);
      let element = this.#drawn.get(row.key);
      if (element === undefined) {
        element = this.#draw(row, index);
        this.#drawn.set(row.key, element);
        fresh.push(element);
      }
      element.style.transform = `translateY(${this.#tops[index] ?? 0}px)`;
    }
    for (const [key, element] of this.#drawn) {
      // A row that has the focus stays: taking it away would throw keyboard and screen reader out of the list.
      if (wanted.has(key) || element.contains(document.activeElement)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    this.#space.append(...fresh);
  }
}
