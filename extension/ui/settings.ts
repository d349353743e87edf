import * as vscode from 'vscode';

interface Settings {
  autoCreate: 'always' | 'ask' | 'never';
  excludedBranches: string[];
  store: string;
  gutterMarks: boolean;
  terminalVariables: boolean;
}

const defaults: Settings = {
  autoCreate: 'always',
  excludedBranches: [],
  store: '',
  gutterMarks: true,
  terminalVariables: true,
};

/** One setting of `greenroom.*`, by its key. */
export function setting<K extends keyof Settings>(key: K, scope?: vscode.Uri): Settings[K] {
  return vscode.workspace.getConfiguration('greenroom', scope).get<Settings[K]>(key, defaults[key]);
}

export function affects(event: vscode.ConfigurationChangeEvent, ...keys: (keyof Settings)[]): boolean {
  return keys.some(key => event.affectsConfiguration(`greenroom.${key}`));
}
