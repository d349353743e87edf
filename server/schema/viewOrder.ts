import type { View } from './model.ts';
import { mapTokens, unquoteName } from './reader.ts';

/** Names of views, each after those it selects from. Names in the text that only look like a view do no harm. */
export function orderViews(views: Record<string, View>): string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const view = views[name];
    if (view === undefined) return;
    mapTokens(view.after, token => {
      if (token.startsWith('`')) {
        const used = unquoteName(token);
        if (used !== name && views[used] !== undefined) visit(used);
      }
      return token;
    });
    ordered.push(name);
  };
  for (const name of Object.keys(views).sort()) visit(name);
  return ordered;
}
