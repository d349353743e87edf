import type { ParseArgsConfig } from 'node:util';
import type { Backend } from '../backend/backend.ts';
import type { Operation } from '../platform/progress.ts';
import type { Output } from './output.ts';

export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface Invocation {
  backend: Backend;
  /** The directory that the command runs in. */
  folder: string;
  positionals: readonly string[];
  options: OptionValues;
  output: Output;
  operation: Operation;
}

/** One command: its words, its options, one line of help, and what it does. Returns the exit code if it is not 0. */
export interface Command {
  /** `env create`. */
  name: string;
  usage: string;
  help: string;
  options?: NonNullable<ParseArgsConfig['options']>;
  /** Takes words after `--` or beyond its own. */
  positionals?: { min: number; max: number };
  /** Not shown in the help. */
  hidden?: true;
  run(invocation: Invocation): Promise<number | undefined>;
}

export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function flag(options: OptionValues, name: string): boolean {
  return options[name] === true;
}
