import { type TransformerName, transformerNames } from './plan.ts';
import { transformerNamed } from './registry.ts';

export interface TransformerDescription {
  name: TransformerName;
  summary: string;
  example: { before: string; after: string };
  /** Names of the options that a rule `{ "use": …, … }` takes. */
  options: string[];
}

/** What hovers and completion in `greenroom.jsonc` show of a transformer. */
export function describeTransformer(name: TransformerName): TransformerDescription {
  const { summary, example, options } = transformerNamed(name);
  return { name, summary, example, options: Object.keys(options.shape) };
}

export function describeTransformers(): TransformerDescription[] {
  return transformerNames.map(describeTransformer);
}
