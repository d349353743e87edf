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
    | 'ready';
  /** The branch that is checked out has an environment that is ready or asleep. */
  environment: boolean;
  base: boolean;
  busy: boolean;
  /** Steps of the walkthrough. */
  stepConfigured: boolean;
  stepBase: boolean;
  stepEnvironment: boolean;
  stepPreviewed: boolean;
  /** Paths of open files that differ from production. */
  changedFiles: Record<string, boolean>;
}

export const stepKeys = ['stepConfigured', 'stepBase', 'stepEnvironment', 'stepPreviewed'] as const;
export type StepKey = (typeof stepKeys)[number];

const last = new Map<string, string>();

/** Sets one context key; a value that is already set costs nothing. */
export function setContext<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  const text = JSON.stringify(value);
  if (last.get(key) === text) return;
  last.set(key, text);
  void vscode.commands.executeCommand('setContext', `greenroom:${key}`, value);
}
