import path from 'node:path';
import { javascriptFormat, pythonFormat, rubyFormat } from './code.ts';
import { dotenv } from './dotenv.ts';
import type { Format } from './format.ts';
import { ini } from './ini.ts';
import { json } from './json.ts';
import { php } from './php.ts';
import { toml } from './toml.ts';
import { yaml } from './yaml.ts';

const byExtension: Readonly<Record<string, Format>> = {
  '.env': dotenv,
  '.php': php,
  '.inc': php,
  '.json': json,
  '.jsonc': json,
  '.json5': json,
  '.yaml': yaml,
  '.yml': yaml,
  '.ini': ini,
  '.cnf': ini,
  '.conf': ini,
  '.cfg': ini,
  '.properties': ini,
  '.toml': toml,
  '.py': pythonFormat,
  '.rb': rubyFormat,
  '.js': javascriptFormat,
  '.cjs': javascriptFormat,
  '.mjs': javascriptFormat,
  '.ts': javascriptFormat,
};

/** The format a file's name stands for; templates (`.env.dist`, `settings.php.example`) go by what they are templates of. */
export function formatOf(file: string): Format | undefined {
  const name = path.basename(file).toLowerCase();
  if (/^\.env(\.|$)|^\.envrc$/.test(name)) return name.endsWith('.php') ? php : dotenv;
  const plain = name.replace(/\.(dist|example|sample|local|tmpl|bak)$/, '');
  if (plain === '.my.cnf') return ini;
  return byExtension[path.extname(plain)];
}

export const formatNames = '.env, PHP, JSON, YAML, INI, .properties, TOML, Python, Ruby and JavaScript';
