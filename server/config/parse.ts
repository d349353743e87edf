import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { type ConfigProblem, shapeProblem, syntaxProblem, valueProblem } from './problems.ts';
import { isReference } from './references.ts';
import { type Config, configSchema } from './schema.ts';

export type ParsedConfig = { ok: true; config: Config } | { ok: false; problems: ConfigProblem[] };

/** Parses and validates the text of `greenroom.jsonc`; every problem names file, line, what is wrong and what would be right. */
export function parseConfig(file: string, text: string): ParsedConfig {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  if (errors.length > 0)
    return { ok: false, problems: errors.slice(0, 5).map(error => syntaxProblem(file, text, error)) };
  const parsed = configSchema.safeParse(root === undefined ? undefined : getNodeValue(root));
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map(issue => shapeProblem(file, text, root, issue)) };
  const problems = [
    ...secretProblems(file, text, root, parsed.data),
    ...windowProblems(file, text, root, parsed.data),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: parsed.data };
}

/** A password or key written into the file would be in git for ever. */
function secretProblems(file: string, text: string, root: Node | undefined, config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const check = (path: string[], database: { url: string; password?: string | undefined }) => {
    if (database.password !== undefined && !isReference(database.password))
      problems.push(
        valueProblem(
          file,
          text,
          root,
          [...path, 'password'],
          `"${path.join('.')}.password" must be a reference such as "\${env:SHOP_DB_PASSWORD}": a password does not belong into a file.`,
        ),
      );
    let url: URL | undefined;
    try {
      url = new URL(database.url);
    } catch {
      problems.push(
        valueProblem(
          file,
          text,
          root,
          [...path, 'url'],
          `"${path.join('.')}.url" must look like mysql://user@host:3306/database.`,
        ),
      );
    }
    if (url && url.password !== '')
      problems.push(
        valueProblem(
          file,
          text,
          root,
          [...path, 'url'],
          `"${path.join('.')}.url" holds a password. Move it out and refer to it: "password": "\${env:SHOP_DB_PASSWORD}".`,
        ),
      );
    if (url && !/^(mysql|mariadb):$/.test(url.protocol))
      problems.push(
        valueProblem(
          file,
          text,
          root,
          [...path, 'url'],
          `"${path.join('.')}.url" must begin with mysql:// or mariadb://.`,
        ),
      );
  };
  check(['production', 'database'], config.production.database);
  if (config.production.database.promoter)
    check(['production', 'database', 'promoter'], config.production.database.promoter);
  return problems;
}

function windowProblems(file: string, text: string, root: Node | undefined, config: Config): ConfigProblem[] {
  return config.promotion.windows.flatMap(({ timeZone }, index) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone });
      return [];
    } catch {
      return [
        valueProblem(
          file,
          text,
          root,
          ['promotion', 'windows', index, 'timeZone'],
          `"${timeZone}" is not a time zone. Use a name such as "Europe/Berlin" or "UTC".`,
        ),
      ];
    }
  });
}
