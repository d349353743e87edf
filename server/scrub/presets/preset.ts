import type { TransformerName } from '../plan.ts';

/** Kinds of a preset's columns: a transformer, or a value whose key stands beside it in another column. */
export type PresetKind = TransformerName | 'meta' | 'option';

/** What is known of an application's own tables. A column that is not listed has no rule: plugins' columns need a decision of their own. */
export interface Preset {
  name: string;
  /** Tables that only this application has all of; what stands before them is the installation's prefix. */
  anchors: readonly string[];
  /** By table without prefix: columns, apart by spaces, for each kind. `keep` lists what holds nothing personal. */
  tables: Readonly<Record<string, Partial<Record<PresetKind, string>>>>;
}
