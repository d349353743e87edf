import type { Draft, ForkOptions } from './fork.ts';
import { databaseRule } from './rules/database.ts';
import { isTestCredential, providersRule } from './rules/providers.ts';
import { type Decision, matchesName, type NamedSetting, type RuleContext } from './rules/rule.ts';
import { secretsRule } from './rules/secrets.ts';
import { sharedServices } from './rules/services.ts';
import { tagRule } from './rules/tag.ts';

export interface DecidedFile {
  draft: Draft;
  decisions: Map<NamedSetting, Decision>;
  /** Settings that are left alone because the configuration says so. */
  kept: Set<NamedSetting>;
}

/** What the rules say, first come first served; what is kept is out of it, and a sandbox value goes before every rule. */
export function decideAll(
  draft: Draft,
  context: RuleContext,
  options: Pick<ForkOptions, 'keep' | 'sandbox'>,
): DecidedFile {
  const { forked } = draft;
  const kept = new Set(
    forked.named.filter(setting => options.keep.some(pattern => matchesName(setting, pattern))),
  );
  const decisions = new Map<NamedSetting, Decision>();
  for (const setting of forked.named) {
    const sandbox = Object.entries(options.sandbox).find(([name]) => matchesName(setting, name));
    if (sandbox && !kept.has(setting))
      decisions.set(setting, { what: 'sandbox', value: sandbox[1], secret: true });
  }
  for (const rule of [tagRule, databaseRule, providersRule, secretsRule])
    for (const [setting, decision] of rule(forked, context)) {
      if (kept.has(setting) || decisions.has(setting)) continue;
      if (decision.what === 'placeholder' && setting.value !== undefined && isTestCredential(setting.value))
        continue;
      decisions.set(setting, decision);
    }
  const rest = { ...forked, named: forked.named.filter(one => !decisions.has(one) && !kept.has(one)) };
  for (const warning of sharedServices(rest)) context.warn(warning);
  return { draft, decisions: withoutInner(decisions), kept };
}

/** An expression that is replaced as a whole takes what stands inside with it. */
function withoutInner(decisions: ReadonlyMap<NamedSetting, Decision>): Map<NamedSetting, Decision> {
  const all = [...decisions.keys()];
  return new Map(
    [...decisions].filter(
      ([inner]) =>
        !all.some(
          outer =>
            outer !== inner &&
            outer.start <= inner.start &&
            outer.end >= inner.end &&
            outer.end - outer.start > inner.end - inner.start,
        ),
    ),
  );
}
