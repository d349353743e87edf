import type { ResultOf } from '../../server/protocol/message.ts';
import type { planFile } from '../../server/protocol/plan.ts';
import { h } from '../dom.ts';
import { t } from '../l10n.ts';

type FileHunks = ResultOf<typeof planFile>;

const lineHeight = 18;
const padding = 12;
/** More than this is read in the diff editor, not here. */
const mostLines = 2000;

/** Height of {@link hunksElement}, known beforehand because every line is as high as the others. */
export function hunksHeight(file: FileHunks): number {
  return linesOf(file).length * lineHeight + padding;
}

export function hunksElement(file: FileHunks): HTMLElement {
  return h(
    'div',
    { class: 'hunks', role: 'group', tabindex: 0, 'aria-label': t('Changes of {0}', file.path) },
    ...linesOf(file).map(({ kind, text }) => h('div', { class: `diff ${kind}` }, text)),
  );
}

function linesOf(file: FileHunks): { kind: string; text: string }[] {
  if (file.binary) return [{ kind: 'note', text: t('A binary file.') }];
  if (file.hunks.length === 0) return [{ kind: 'note', text: t('No line differs.') }];
  const lines = file.hunks.flatMap(hunk => [
    {
      kind: 'range',
      text: `@@ −${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    },
    ...hunk.lines.map(text => ({
      kind: text.startsWith('+') ? 'plus' : text.startsWith('-') ? 'minus' : 'same',
      text,
    })),
  ]);
  if (lines.length <= mostLines) return lines;
  return [
    ...lines.slice(0, mostLines),
    { kind: 'note', text: t('{0} more lines: use “Compare”.', lines.length - mostLines) },
  ];
}
