/** A Markdown table; cells are shortened, and `NULL` stands for null. */
export function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string {
  const line = (cells: readonly (string | null)[]) =>
    `| ${cells.map(cell => (cell ?? 'NULL').replace(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 200)).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$]/g, '\\$&');
}
