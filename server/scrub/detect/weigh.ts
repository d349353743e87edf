import type { ColumnFacts, TransformerName } from '../plan.ts';
import { transformerNamed } from '../registry.ts';
import type { NameClassifier } from './classify.ts';
import { documentsHoldPeople } from './documents.ts';
import { doubtful } from './doubt.ts';
import type { Proposed } from './propose.ts';
import { hashes, keysInside, longNumbers, valueForm } from './valueForm.ts';
import { evidenceOf, type ValueEvidence } from './values.ts';

const wholly = 0.6;

/** Of the values that must say something, the part that is enough where the name made us doubt. */
const inDoubtEnough = 0.5;

/** As certain as `created_by` makes that somebody is named. */
const byWhom = 0.7;

/** So many values must be seen before they can take away what a name says. */
const enough = 10;

/**
 * One answer from what a column's name says and what its values say: values that say something outweigh a name that says nothing, or
 * something less certain; values that are plainly codes, dates or a choice of few take away a proposal that was made in doubt.
 */
export function weigh(
  classifier: NameClassifier,
  byName: Proposed,
  column: ColumnFacts,
  values: readonly string[],
): Proposed {
  const texts = values.map(value => value.trim()).filter(value => value !== '');
  const evidence = evidenceOf(texts, byName.confidence <= doubtful ? inDoubtEnough : 1);
  if (evidence !== undefined && fits(evidence.use, column)) {
    if (byName.use === evidence.use)
      return {
        ...byName,
        reason: `${byName.reason}; ${evidence.reason}`,
        confidence: Math.max(0.99, evidence.confidence),
      };
    if (byName.use === 'keep' && isContainer(evidence.use) && !documentsHoldPeople(texts, classifier))
      return { ...byName, reason: 'nothing personal in its name, nor in the keys of the sampled documents' };
    if (decides(evidence, byName)) return { ...evidence, options: {} };
    return byName;
  }
  if (byName.use === 'keep') return { ...byName, ...fewDifferent(texts) };
  const form = texts.length >= enough ? valueForm(texts) : undefined;
  if (form === undefined) return byName;
  return isTakenBack(byName, form)
    ? { use: 'keep', reason: `its sampled values are ${form}`, confidence: 0.8, options: {} }
    : byName;
}

/** In doubt, what can only be a code is none of a person's; and who did something is no name where keys stand for him. */
function isTakenBack(byName: Proposed, form: string): boolean {
  if (byName.confidence <= doubtful && form !== hashes && form !== longNumbers) return true;
  if (byName.use !== 'userName') return false;
  return form === keysInside || form === hashes || (form === longNumbers && byName.confidence <= byWhom);
}

/**
 * A container's own kind says how to look inside. Where most values are one thing as a whole, its kind is more exact than `text`, which leaves
 * a name or a number that stands alone.
 */
function decides(evidence: ValueEvidence, byName: Proposed): boolean {
  if (byName.use === 'text' && evidence.use !== 'text' && evidence.share >= wholly) return true;
  return byName.use === 'keep' || evidence.confidence > byName.confidence || isContainer(evidence.use);
}

const isContainer = (use: TransformerName): boolean => use === 'phpSerialized' || use === 'json';

function fewDifferent(texts: readonly string[]): Partial<Proposed> {
  const distinct = new Set(texts).size;
  if (texts.length < 50 || distinct > 12) return {};
  return {
    reason: `nothing personal in its name, ${distinct} different values in ${texts.length}`,
    confidence: 0.9,
  };
}

/** Whether a rule of that kind may stand on the column. */
export function fits(use: TransformerName, column: ColumnFacts): boolean {
  const plan = {
    ...column,
    collation: null,
    unique: false,
    use,
    options: {},
    version: 1,
    source: 'rule' as const,
  };
  return transformerNamed(use).accepts(plan);
}
