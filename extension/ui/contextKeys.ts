import * as vscode from 'vscode';

/** What `when` clauses in package.json may ask. */
interface ContextKeys {
  /** What the view shows: `ready`, or why there is nothing to show. */
  state:
    | 'starting'
    | 'down'
    | 'no-folder'
    | 'no-repository'
    | 'unconfigured'
    | 'invalid'
    | 'untrusted'
    | 'secret-missing'
    | 'blocked'
    | 'ready';
  /** The branch that is checked out has an environment that is ready or asleep. */
  environment: boolean;
  base: boolean;
  busy: boolean;
  /** Steps of the walkthrough; see there for the second set. */
  'step.configured': boolean;
  'step.base': boolean;
  'step.environment': boolean;
  'step.previewed': boolean;
  'stepBefore.configured': boolean;
  'stepBefore.base': boolean;
  'stepBefore.environment': boolean;
  'stepBefore.previewed': boolean;
  /** Paths of open files that differ from production. */
  changedFiles: Record<string, boolean>;
}

export const steps = ['configured', 'base', 'environment', 'previewed'] as const;
export type Step = (typeof steps)[number];

const last = new Map<string, string>();

/** Sets one context key; a value that is already set costs nothing. */
export function setContext<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  const text = JSON.stringify(value);
  if (last.get(key) === text) return;
  last.set(key, text);
  void vscode.commands.executeCommand('setContext', `greenroom:${key}`, value);
}
