import type { EnvironmentFacts } from './facts.ts';
import type { DecidedFile } from './forkDecisions.ts';
import { hidesKey, type RewrittenFile, removedSecrets } from './forkRewrite.ts';
import { lineAt, originalOffset } from './formats/format.ts';
import { formatOf } from './formats/formatOf.ts';
import { matchesPlaceOf, nameSetting } from './rules/rule.ts';
import { type SecretFinding, scanSecrets, scanShapes } from './secretScan.ts';

export interface LiveSecret {
  file: string;
  line: number;
  kind: string;
}

/**
 * Looks at the fork as an application will read it: the text once more, every value as it is decoded (escapes,
 * joined literals), and the secrets that were taken away. What is found here stops creation.
 */
export async function checkFork(
  { draft, text, edits }: RewrittenFile,
  all: readonly DecidedFile[],
  facts: EnvironmentFacts,
): Promise<LiveSecret[]> {
  const { file } = draft.forked;
  const found: LiveSecret[] = [];
  const decided = all.find(one => one.draft === draft);
  const kept = [...(decided?.kept ?? [])];
  const own = [facts.database.password ?? '', ...ownValues(all), ...kept.map(setting => setting.value ?? '')];
  // Named by its line in production's file: that is the one to be looked at.
  const add = (offset: number, kind: string) => {
    const line = lineAt(draft.source.text, originalOffset(edits, offset));
    if (!found.some(one => one.line === line)) found.push({ file, line, kind });
  };
  // A sandbox value that is itself live is no sandbox.
  const findings: SecretFinding[] = [...(await scanSecrets(text, file, own)), ...scanShapes(text)];
  for (const finding of findings)
    if (!kept.some(setting => (setting.value ?? '').includes(text.slice(finding.start, finding.end))))
      add(finding.start, finding.kind);
  const after =
    (draft.forked.document.isUnread ? undefined : formatOf(file))
      ?.parse(text, file)
      .settings.map(setting => nameSetting(file, setting)) ?? [];
  for (const setting of after) {
    if (kept.some(one => matchesPlaceOf(one, setting))) continue;
    const [shape] = scanShapes(setting.value ?? '');
    if (shape) add(setting.start, shape.kind);
    if (hidesKey(setting)) add(setting.start, 'a live credential behind base64');
  }
  for (const secret of removedSecrets(all, facts)) {
    const at = text.indexOf(secret);
    if (at !== -1 && !kept.some(one => (one.value ?? '').includes(secret)))
      add(at, 'a secret of production that was replaced elsewhere');
    for (const setting of after)
      if (setting.value?.includes(secret) && !kept.some(one => matchesPlaceOf(one, setting)))
        add(setting.start, 'a secret of production that was replaced elsewhere');
  }
  return found;
}

/** What the fork itself put in: looked at for live shapes, not for mere likeness to a secret. */
function ownValues(all: readonly DecidedFile[]): string[] {
  return all.flatMap(({ decisions }) => [...decisions.values()].map(decision => decision.value));
}
