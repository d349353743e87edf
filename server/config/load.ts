import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type DatabaseAddress, parseDatabaseUrl } from '../database/address.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { parseConfig } from './parse.ts';
import { type ConfigProblem, formatProblem } from './problems.ts';
import { expandReferences, type SecretSource } from './references.ts';
import type { Config } from './schema.ts';

export const configFileName = 'greenroom.jsonc';

export type ConfigState =
  | { state: 'missing'; file: string }
  | { state: 'invalid'; file: string; problems: ConfigProblem[] }
  | { state: 'valid'; file: string; config: Config };

/** Reads the configuration of a worktree. Problems are part of the answer, not errors: the editor shows them on their lines. */
export async function readConfig(worktree: string): Promise<ConfigState> {
  const file = path.join(worktree, configFileName);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { state: 'missing', file };
    throw fromFileSystem(error, file);
  }
  const parsed = parseConfig(file, text);
  return parsed.ok
    ? { state: 'valid', file, config: parsed.config }
    : { state: 'invalid', file, problems: parsed.problems };
}

/** Throws `configuration-missing` or `configuration-invalid` with one item per problem. */
export function requireValid(state: ConfigState): Config {
  if (state.state === 'missing') throw new GreenroomError('configuration-missing', { subject: state.file });
  if (state.state === 'invalid')
    throw new GreenroomError('configuration-invalid', {
      subject: state.file,
      items: state.problems.map(formatProblem),
    });
  return state.config;
}

/** Production as this project names it. Addresses hold the expanded passwords: never log or keep them. */
export interface Production {
  /** Absolute path of the site's files. */
  root: string;
  reader: DatabaseAddress;
  promoter: DatabaseAddress;
}

/** Expands references and relative paths. Throws `secret-missing` when a variable is not set. */
export function resolveProduction(config: Config, directory: string, secrets: SecretSource): Production {
  const address = ({ url, password }: { url: string; password?: string | undefined }) => {
    const parsed = parseDatabaseUrl(
      url,
      password === undefined ? undefined : expandReferences(password, secrets),
    );
    return parsed.socketPath === undefined
      ? parsed
      : { ...parsed, socketPath: path.resolve(directory, parsed.socketPath) };
  };
  const { files, database } = config.production;
  const reader = address(database);
  return {
    root: path.resolve(directory, files.root),
    reader,
    promoter: database.promoter ? address(database.promoter) : reader,
  };
}
