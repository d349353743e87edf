import type * as z from 'zod';
import type { GenerationView } from '../../server/protocol/base.ts';
import type { EnvironmentView } from '../../server/protocol/environment.ts';
import type { InboxMessage } from '../../server/protocol/inbox.ts';
import type { Conflict, FileChange, Finding, SchemaChange } from '../../server/protocol/plan.ts';
import type { job } from '../../server/protocol/project.ts';
import type { LedgerEntry } from '../../server/protocol/promotion.ts';
import { FolderModel } from '../model/folder.ts';

type Own<K extends string, T = unknown> = K extends string ? { kind: K; model: FolderModel } & T : never;

/** What a row of the tree, or a resource of the SCM view, stands for; commands get it as their first argument. */
export type Node =
  | Own<'folder'>
  | Own<'job', { job: z.infer<typeof job> }>
  | Own<'problem', { message: string; items: string[] }>
  | Own<'environment', { environment: EnvironmentView; current: boolean }>
  | Own<'noEnvironment'>
  | Own<'site' | 'database' | 'configuration' | 'inbox', { environment: EnvironmentView }>
  | Own<'files' | 'schema' | 'findings' | 'conflicts'>
  | Own<'forked', { text: string }>
  | Own<'change', { file: FileChange }>
  | Own<'ddl', { change: SchemaChange }>
  | Own<'finding', { finding: Finding }>
  | Own<'conflict', { conflict: Conflict }>
  | Own<'message', { message: InboxMessage }>
  | Own<'others' | 'base' | 'promotions'>
  | Own<'generation', { generation: GenerationView }>
  | Own<'promotion', { entry: LedgerEntry }>
  | Own<'text', { text: string; icon?: string; tooltip?: string; command?: string }>;

export type NodeOf<K extends Node['kind']> = Extract<Node, { kind: K }>;

/** The node in a command's argument: itself, or carried by a resource of the SCM view. */
export function nodeOf(argument: unknown): Node | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('node' in argument) return nodeOf(argument.node);
  return 'kind' in argument && 'model' in argument && argument.model instanceof FolderModel
    ? (argument as Node)
    : undefined;
}

/** Like {@link nodeOf}, and of this kind. */
export function nodeOfKind<K extends Node['kind']>(argument: unknown, kind: K): NodeOf<K> | undefined {
  const node = nodeOf(argument);
  return node?.kind === kind ? (node as NodeOf<K>) : undefined;
}

/** All nodes of one kind among a command's arguments: the row that was clicked, and the selection it belongs to. */
export function nodesOfKind<K extends Node['kind']>(args: readonly unknown[], kind: K): NodeOf<K>[] {
  const flat = Array.isArray(args[1]) ? args[1] : args;
  const nodes = flat.map(argument => nodeOfKind(argument, kind)).filter(node => node !== undefined);
  const clicked = nodeOfKind(args[0], kind);
  return nodes.length > 0 ? nodes : clicked === undefined ? [] : [clicked];
}
