import { existsSync } from 'node:fs';
import path from 'node:path';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { mapLimit } from '../platform/parallel.ts';
import { joinInside } from '../platform/paths.ts';
import type { EnvironmentFacts } from './facts.ts';
import { findConfiguration } from './findConfig.ts';
import { findLikely } from './findLikely.ts';
import { checkFork } from './forkCheck.ts';
import { decideAll } from './forkDecisions.ts';
import { rewrite } from './forkRewrite.ts';
import type { ConfigDocument, Format } from './formats/format.ts';
import { formatNames, formatOf } from './formats/formatOf.ts';
import { type ChangeKind, type Decision, type ForkedFile, nameSetting, quoted } from './rules/rule.ts';
import { sealedSecrets } from './sealedSecrets.ts';
import { scanSecrets } from './secretScan.ts';
import { readSiteFile, type SiteFile, type SiteRoots, writeSiteFile } from './siteFiles.ts';
import { wordpressMail } from './wordpressPlugin.ts';

export type { EnvironmentFacts } from './facts.ts';

export interface ForkOptions {
  /** The environment's merged view: read from, and written to. */
  site: string;
  /** The environment's own views of directories that the site links to: configuration may lie there. */
  linked?: readonly string[];
  productionRoot: string;
  /** Configured files, relative to the site; what {@link findConfiguration} and {@link findLikely} find is added. */
  files: readonly string[];
  facts: EnvironmentFacts;
  /** Sandbox values by setting: `STRIPE_SECRET_KEY`, `services.stripe.secret`. */
  sandbox: Readonly<Record<string, string>>;
  /** Settings that look like secrets and are none: name, `*` pattern, or `file:name`; a file's path leaves the whole file alone. */
  keep: readonly string[];
}

export interface ForkChange {
  file: string;
  key: string;
  what: ChangeKind;
}

export interface ForkReport {
  /** The files of the fork: those configured, and those found that hold something to change. Never part of a plan. */
  files: string[];
  changes: ForkChange[];
  warnings: string[];
}

/** A file of the fork on its way from production's text to the environment's. */
export interface Draft {
  source: SiteFile;
  forked: ForkedFile;
  /** False for a file that only may be configuration: it is, when its settings lead to production's database. */
  isSure: boolean;
}

/**
 * Makes an environment's own configuration out of production's: database settings go to the clone, mail to the inbox,
 * providers to their sandboxes, and no secret of production's is left. Only values change; everything else stays byte
 * for byte. Run again, it changes nothing. Nothing is written unless every file passes.
 *
 * @throws GreenroomError `configuration-unparsable` with file, line and reason; `live-secret` naming file, line and
 * kind where a live credential would be left; `path-escape`; `files-unreadable`
 */
export async function forkConfiguration(host: Host, options: ForkOptions): Promise<ForkReport> {
  const { site, facts } = options;
  host.redact.add(facts.database.password);
  host.redact.add(facts.productionDatabase.password);
  const warnings = new Set<string>();
  const roots: SiteRoots = { site, linked: options.linked ?? [] };
  const drafts = await readDrafts(options, roots, warnings);
  const context = {
    facts,
    files: drafts.filter(draft => draft.isSure).map(draft => draft.forked),
    exists: (relative: string) => existsSync(joinInside(site, relative)),
    warn: (message: string) => void warnings.add(message),
  };
  for (const warning of sealedSecrets(context.exists)) warnings.add(warning);
  const decided = drafts
    .map(draft => decideAll(draft, context, options))
    .filter(({ draft, decisions }) => draft.isSure || leadsToProduction(decisions, facts));
  const rewritten = [];
  for (const file of decided) rewritten.push(await rewrite(file, decided, facts));
  const problems = [];
  for (const result of rewritten) problems.push(...(await checkFork(result, decided, facts)));
  const [first] = problems;
  if (first)
    throw new GreenroomError('live-secret', {
      subject: `${first.file}:${first.line}`,
      detail: first.kind,
      items: problems.map(({ file, line, kind }) => `${file}:${line}: ${kind}`),
    });
  for (const { draft, text } of rewritten)
    if (text !== draft.source.text) await writeSiteFile(roots, { ...draft.source, text });
  const configured = new Set(options.files.map(file => path.normalize(file)));
  const report: ForkReport = {
    // What was only found and needs no change stays the branch's own: it can be promoted.
    files: rewritten
      .filter(
        ({ draft, edits }, index) =>
          configured.has(draft.source.file) || edits.length > 0 || (decided[index]?.decisions.size ?? 0) > 0,
      )
      .map(({ draft }) => draft.source.file),
    changes: rewritten.flatMap(result => result.changes),
    warnings: [...warnings, ...rewritten.flatMap(result => result.warnings)],
  };
  await wordpressMail(roots, drafts, facts, report);
  return report;
}

/**
 * A file that was only found because of its name, and is a program, may be more than we can follow: it is searched for
 * credentials all the same. Any other file that cannot be parsed stops the fork.
 */
function parse(
  format: Format,
  text: string,
  file: string,
  isConfigured: boolean,
  warnings: Set<string>,
): ConfigDocument {
  try {
    return format.parse(text, file);
  } catch (error) {
    if (isConfigured || !format.isProgram || !hasReason(error, 'configuration-unparsable')) throw error;
    warnings.add(`${error.subject}: ${error.detail}; only credentials of known shapes were replaced there`);
    return {
      settings: [],
      isUnread: true,
      encode: (_, value) => value,
      insertAfter: () => undefined,
      append: () => undefined,
    };
  }
}

/** Loads what a fork needs, so that the first one does not wait for it. */
export async function preloadFork(): Promise<void> {
  formatOf('x.php')?.parse('<?php return 1;', 'x.php');
  await scanSecrets('A=1', '.env');
}

async function readDrafts(options: ForkOptions, roots: SiteRoots, warnings: Set<string>): Promise<Draft[]> {
  const configured = options.files.map(file => path.normalize(file));
  const names = new Set([...configured, ...(await findConfiguration(options.site))]);
  const drafts: Draft[] = [];
  for (const file of names) {
    if (options.keep.includes(file)) continue;
    const source = await readSiteFile(roots, options.productionRoot, file);
    if (!source) {
      warnings.add(`${file} is named in reroute.config and does not exist`);
      continue;
    }
    const format = formatOf(file);
    if (!format)
      throw new GreenroomError('configuration-unparsable', {
        subject: `${file}:1`,
        detail: `its name says none of the known kinds: ${formatNames}`,
      });
    const document = parse(format, source.text, file, configured.includes(file), warnings);
    drafts.push(draftOf(source, document, true));
  }
  drafts.push(...(await readLikely(options, roots, names, warnings)));
  return drafts;
}

function draftOf(source: SiteFile, document: ConfigDocument, isSure: boolean): Draft {
  const named = document.settings.map(setting => nameSetting(source.file, setting));
  return { source, forked: { file: source.file, document, named }, isSure };
}

/** Files that speak of production's database by its name, and whose names say that they may be settings. */
async function readLikely(
  options: ForkOptions,
  roots: SiteRoots,
  known: ReadonlySet<string>,
  warnings: Set<string>,
): Promise<Draft[]> {
  const { database } = options.facts.productionDatabase;
  if (database === undefined) return [];
  const likely = (await findLikely(options.site)).filter(
    file => !known.has(file) && !options.keep.includes(file),
  );
  const sources = await mapLimit(likely, 8, file => readIfReadable(roots, options.productionRoot, file));
  const drafts: Draft[] = [];
  for (const source of sources) {
    if (!source?.text.includes(database)) continue;
    const { file } = source;
    try {
      const document = formatOf(file)?.parse(source.text, file);
      if (document !== undefined) drafts.push(draftOf(source, document, false));
    } catch (error) {
      if (!hasReason(error, 'configuration-unparsable')) throw error;
      warnings.add(
        `${file} speaks of ${database} and could not be read: see that it does not lead to production’s database`,
      );
    }
  }
  return drafts;
}

/** What cannot be read, is too large or leads elsewhere is no configuration that anyone named. */
async function readIfReadable(
  roots: SiteRoots,
  productionRoot: string,
  file: string,
): Promise<SiteFile | undefined> {
  try {
    return await readSiteFile(roots, productionRoot, file);
  } catch (error) {
    if (hasReason(error, 'files-unreadable', 'configuration-unparsable', 'path-escape')) return undefined;
    throw error;
  }
}

function leadsToProduction(
  decisions: ReadonlyMap<{ value?: string | undefined }, Decision>,
  { productionDatabase }: EnvironmentFacts,
): boolean {
  // The name itself, or in an address: `mysql://…/shop?…`, `mysql:host=…;dbname=shop`.
  const names = new RegExp(`(^|[/=])${quoted(productionDatabase.database ?? '')}($|[?;&])`);
  return [...decisions].some(
    ([{ value }, { what }]) => what === 'database' && value !== undefined && names.test(value),
  );
}
