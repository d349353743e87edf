type Child = Node | string | undefined | false;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void) | undefined>;

/**
 * Makes an element. `on…` attributes become listeners, booleans are present or absent, everything else is text;
 * text never becomes markup.
 */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== undefined && child !== false),
  );
  return element;
}

export function button(label: string, onclick: () => void, attributes: Attributes = {}): HTMLElement {
  return h('vscode-button', { appearance: 'secondary', ...attributes, onclick }, label);
}

/** A field of the toolkit. It names itself "Text field" as it is connected; its real name is given to it right after. */
export function field(tag: string, label: string, attributes: Attributes): HTMLElement & { value: string } {
  const element = h(tag, attributes);
  queueMicrotask(() => element.setAttribute('aria-label', label));
  return element as HTMLElement & { value: string };
}

/** A checkbox of the toolkit; `onchange` gets what it now is. */
export function checkbox(
  label: string,
  checked: boolean,
  onchange: (checked: boolean) => void,
  attributes: Attributes = {},
): HTMLElement {
  const box = h('vscode-checkbox', { ...attributes, checked }, label);
  box.addEventListener('change', () => onchange((box as HTMLElement & { checked: boolean }).checked));
  return box;
}

/** A titled region; nothing at all when it has no content. */
export function section(
  id: string,
  title: string,
  count: number | undefined,
  ...children: Child[]
): HTMLElement {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h(
      'h2',
      { id: `${id}-title` },
      title,
      count !== undefined && h('span', { class: 'count' }, String(count)),
    ),
    ...children,
  );
}
