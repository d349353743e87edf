import { open } from 'node:fs/promises';
import { type Connection, connect } from '../database/connection.ts';
import { approvalsOf } from '../evidence/approvals.ts';
import { Stopwatch, timestamp } from '../platform/clock.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { joinInside } from '../platform/paths.ts';
import type { Operation } from '../platform/progress.ts';
import type { Finding, PlanView } from '../protocol/plan.ts';
import { digestOf } from './canonical.ts';
import { type Choices, isExcluded, readChoices } from './choices.ts';
import type { PlanSource, PromotionContext } from './context.ts';
import { objectText, schemaText } from './ddl/objects.ts';
import { noticeDirectChanges } from './directChanges.ts';
import { readBaseline, rememberBaseline } from './files/baseline.ts';
import { identity } from './files/fileState.ts';
import { pathFilter } from './files/pathFilter.ts';
import { type FilePlan, fileChanges, planFiles } from './files/planFiles.ts';
import { dataFinding, dataProblems } from './findings.ts';
import { runGuards } from './guards/runGuards.ts';
import { committedPromotions } from './history.ts';
import { rememberSeen } from './moved.ts';
import { ownPromotions } from './ownPromotions.ts';
import { rememberPlan } from './planMemory.ts';
import { planSchema, type SchemaPlan } from './planSchema.ts';
import { promoterAccount, readProductionSchema } from './readProduction.ts';
import { cachedRehearsal, rehearse } from './rehearse.ts';
import { stateDirectory } from './stateDirectory.ts';
import { undoNotes } from './undoNotes.ts';

/** What a plan knows beside what it shows. */
export interface PlanDetails {
  files: FilePlan;
  schema: SchemaPlan;
  /** Of all of production's schema: a rehearsal holds for it. */
  productionSchemaDigest: string;
  /** The part of the digest that production alone decides: another value means that production moved. */
  productionDigest: string;
  /** Milliseconds that each table would block its writers if it were altered in place, as the rehearsal measured. */
  blockedMs: Record<string, number>;
  /** The same of its undo. */
  undoBlockedMs: Record<string, number>;
}

export interface Plan extends PlanView {
  details: PlanDetails;
}

export interface PlanOptions {
  /** Default true. Without: the rehearsal is shown only if it was made before, data checks are left out. */
  rehearse?: boolean;
}

/** Exactly what a promotion of the environment would do to production now. Production is only read. */
export async function makePlan(
  context: PromotionContext,
  operation: Operation,
  options: PlanOptions = {},
): Promise<Plan> {
  const { host, environment } = context;
  if (environment === undefined) throw new GreenroomError('environment-missing');
  const watch = new Stopwatch(host.clock);
  const wholeLook = options.rehearse ?? true;
  const choices = await readChoices(environment.choicesFile);
  const connection = await connect(host, context.production.reader, {
    readOnly: true,
    signal: operation.signal,
  });
  try {
    operation.progress({ step: 'comparing with production' });
    const filesTask = watch.time('files', () => comparedFiles(context, environment, choices));
    const schemaTask = watch.time('schema', async () => {
      const [theirs, promoter, promoted] = await Promise.all([
        readProductionSchema(context, connection),
        promoterAccount(context),
        ownPromotions(context, environment),
      ]);
      return await planSchema(host, environment, theirs, choices, promoter, promoted);
    });
    const [filesOutcome, schemaOutcome] = await Promise.allSettled([filesTask, schemaTask]);
    if (filesOutcome.status === 'rejected') throw filesOutcome.reason;
    if (schemaOutcome.status === 'rejected') throw schemaOutcome.reason;
    const details = detailsOf(filesOutcome.value, schemaOutcome.value);
    const digest = planDigest(details, choices);
    const changes = fileChanges(details.files.files);
    const conflicts = [...details.files.conflicts, ...details.schema.conflicts];
    const [findings, directChanges, { given }] = await Promise.all([
      watch.time('guards', () => findingsOf(context, environment, details, connection, wholeLook, operation)),
      watch.time('direct', () =>
        noticeDirectChanges(context, details.schema.production, wholeLook ? 'whole' : 'glance'),
      ),
      approvalsOf(context.ledger, digest, context.identity.email),
      rememberPlan(context, digest, details.productionDigest),
      rememberSeen(context, details),
    ]);
    const rehearsed = await watch.time('rehearsal', () =>
      wholeLook && conflicts.every(({ resolution }) => resolution !== undefined)
        ? rehearse(context, digest, details, operation)
        : cachedRehearsal(context, digest, details),
    );
    findings.push(...rehearsed.slow.map(slowFinding));
    return {
      digest,
      environment: environment.record.id,
      branch: environment.record.branch,
      createdAt: timestamp(host.clock),
      files: changes,
      schema: details.schema.changes,
      findings,
      conflicts,
      renames: details.schema.candidates,
      rehearsal: rehearsed.view,
      approvals: { required: context.config.promotion.approvals, given },
      undoNotes: [
        ...undoNotes(details.schema),
        ...details.files.skipped.map(path => `“${path}” is no file, link or directory: it is not promoted.`),
      ],
      directChanges,
      timings: watch.timings(),
      details: { ...details, blockedMs: rehearsed.blocked, undoBlockedMs: rehearsed.undoBlocked },
    };
  } finally {
    await connection.close();
  }
}

async function comparedFiles(
  context: PromotionContext,
  environment: PlanSource,
  choices: Choices,
): Promise<FilePlan> {
  const { production, config } = context;
  let ours: Promise<Map<string, Set<string>>> | undefined;
  const baseline = await readBaseline(environment);
  const plan = await planFiles({
    productionRoot: production.root,
    site: environment.overlay.site,
    entries: await environment.overlay.changedEntries(),
    filter: pathFilter(config.production.files.exclude, environment.record.forkedFiles),
    excluded: path => isExcluded(choices, path),
    resolve: choices.resolve,
    ours: async (path, state) => {
      if (baseline[path] === state) return true;
      ours ??= statesOfOurPromotions(context, environment.record.id);
      return (await ours).get(path)?.has(state) ?? false;
    },
  });
  const inConflict = new Set(plan.conflicts.map(({ subject }) => subject));
  await rememberBaseline(environment, baseline, plan.files, inConflict);
  return plan;
}

/** By path: the states that this environment's promotions found and left. */
async function statesOfOurPromotions(
  { production }: PromotionContext,
  environment: string,
): Promise<Map<string, Set<string>>> {
  const states = new Map<string, Set<string>>();
  for (const { record } of await committedPromotions(stateDirectory(production.root)))
    if (record.environment === environment)
      for (const file of record.files) {
        const known = states.get(file.path) ?? new Set();
        states.set(file.path, known.add(identity(file.before)).add(identity(file.after)));
      }
  return states;
}

function detailsOf(files: FilePlan, schema: SchemaPlan): PlanDetails {
  return {
    files,
    schema,
    blockedMs: {},
    undoBlockedMs: {},
    productionSchemaDigest: digestOf(schemaText(schema.production)),
    productionDigest: digestOf({
      files: files.files.map(file => [file.path, identity(file.before)]),
      schema: schema.touched.map(ref => [ref.type, ref.name, objectText(schema.production, ref) ?? null]),
    }),
  };
}

/** Covers what would be applied, what was found in production, and every choice that shaped it. */
function planDigest({ files, schema, productionDigest }: PlanDetails, choices: Choices): string {
  return digestOf({
    format: 1,
    production: productionDigest,
    files: files.files.map(file => [file.path, identity(file.after), file.excluded]),
    schema: schema.changes.map(change => [change.objectType, change.object, change.sql, change.undoSql]),
    conflicts: [...files.conflicts, ...schema.conflicts].map(({ id, resolution }) => [
      id,
      resolution ?? null,
    ]),
    renames: schema.candidates.map(({ id, decision }) => [id, decision ?? null]),
    excluded: choices.excludeFiles,
  });
}

async function findingsOf(
  context: PromotionContext,
  environment: PlanSource,
  details: PlanDetails,
  connection: Connection,
  withData: boolean,
  operation: Operation,
): Promise<Finding[]> {
  const { host, config } = context;
  const findings = await runGuards(
    {
      files: fileChanges(details.files.files.filter(file => !file.excluded)),
      schema: details.schema.changes,
    },
    {
      host,
      config,
      production: details.schema.changes.length === 0 ? undefined : connection,
      head: (path, bytes) => readHead(joinInside(environment.overlay.site, path), bytes),
    },
  );
  findings.push(...(environment.changedForks ?? []).map(forkFinding));
  if (withData && details.schema.changes.length > 0)
    findings.push(...(await dataFindings(context, details, connection, operation)));
  return findings;
}

async function dataFindings(
  { config }: PromotionContext,
  { schema }: PlanDetails,
  connection: Connection,
  operation: Operation,
): Promise<Finding[]> {
  const change = { from: schema.production, target: schema.target, renames: schema.renames };
  return (await dataProblems(connection, config, change, operation)).map(dataFinding);
}

/** No guard: nothing of it could be promoted by mistake, but who counts on it has to know. */
function forkFinding(file: string): Finding {
  return {
    guard: 'forked-file',
    severity: 'info',
    subject: file,
    message: `the branch changes ${file}, which holds settings of production’s and is forked: this promotion leaves production’s as it is. Change it there by hand, or let it read those settings from variables`,
  };
}

/** No guard: a promotion that blocks is told, and allowed. */
function slowFinding({ table, message }: { table: string; message: string }): Finding {
  return { guard: 'max-block', severity: 'info', subject: table, message };
}

async function readHead(file: string, bytes: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'EISDIR' || errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw fromFileSystem(error, file);
  }
}
