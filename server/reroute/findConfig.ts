import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../platform/errors.ts';

/**
 * Where frameworks keep their settings: directory (`*` for any one name) and file names in it. Read from each
 * framework's own documentation.
 */
const places: readonly [string, RegExp][] = [
  // Laravel, Symfony, Node, Django, Bedrock and everything else that follows dotenv
  [
    '.',
    /^\.env(\.(local|prod|production|staging|live))*$|^\.env\.(prod|production)\.local$|^\.env\.php$|^\.env\.local\.php$/,
  ],
  // WordPress, Joomla, Moodle, phpBB, OpenCart, MediaWiki
  ['.', /^(wp-config|configuration|config|LocalSettings|settings|settings\.local|parameters)(\.inc)?\.php$/],
  ['.', /^(config|settings|app|database|application|secrets)\.(json|jsonc|ya?ml|ini|toml|properties)$/],
  ['.', /^config\.(production|staging)\.json$/],
  ['.', /^\.my\.cnf$/],
  ['.', /^appsettings(\.\w+)?\.json$/],
  ['admin', /^config\.php$/],
  // Drupal, at the root and with a web directory
  ['sites/*', /^settings(\.local)?\.php$/],
  ['web/sites/*', /^settings(\.local)?\.php$/],
  ['docroot/sites/*', /^settings(\.local)?\.php$/],
  ['web', /^(wp-config|\.env)(\.php)?$/],
  ['public', /^(wp-config\.php|\.env)$/],
  ['public_html', /^(wp-config\.php|configuration\.php|\.env)$/],
  ['htdocs', /^(wp-config\.php|configuration\.php|\.env)$/],
  ['backend', /^\.env(\.(local|production))?$/],
  ['server', /^\.env(\.(local|production))?$/],
  ['api', /^\.env(\.(local|production))?$/],
  // Magento 2, Magento 1 keeps XML and is not handled
  ['app/etc', /^env\.php$/],
  ['magento/app/etc', /^env\.php$/],
  // PrestaShop, Symfony 3
  ['app/config', /^(parameters|config|database)\.(ya?ml|php|ini)$/],
  ['config', /^(settings\.inc|parameters|app_local|local|database)\.(php)$/],
  // Rails, Phoenix-like, node-config, CakePHP, Sequelize
  [
    'config',
    /^(database|secrets|settings|application|local|production|default|config|mail|storage|cable)\.(ya?ml|json|toml|ini)$/,
  ],
  ['config/autoload', /^(local|.*\.local)\.php$/],
  // TYPO3
  ['config/system', /^(settings|additional)\.php$/],
  ['typo3conf', /^LocalConfiguration\.php$/],
  ['public/typo3conf', /^(LocalConfiguration|AdditionalConfiguration)\.php$/],
  // Rails' settings that are programs
  ['config/environments', /^(production|staging)\.rb$/],
  [
    'config/initializers',
    /^(secret_token|session_store|stripe|paypal|braintree|devise|setup_mail|mail|mailer|action_mailer|smtp|aws|carrierwave|shrine|sentry|twilio|omniauth)\.rb$/,
  ],
  // Node's settings that are programs: Sequelize, Knex, TypeORM, Strapi, node-config, PM2
  ['.', /^(config|database|db|knexfile|ormconfig|ecosystem\.config|settings)\.(js|cjs|mjs|ts)$/],
  [
    'config',
    /^(config|database|db|default|production|local|mail|mailer|email|plugins|server|settings)\.(js|cjs|mjs|ts)$/,
  ],
  ['src/config', /^(index|config|database|db|default|production|mail|email)\.(js|cjs|mjs|ts|json|ya?ml)$/],
  // Spring Boot
  ['src/main/resources', /^application(-\w+)?\.(properties|ya?ml)$/],
];
/** Django keeps its settings in the project's package, whose name is anybody's guess. */
const djangoPlaces: readonly [string, RegExp][] = [
  ['.', /^(local_settings|settings)\.py$/],
  ['*', /^(settings|local_settings|settings_(local|prod|production))\.py$/],
  ['*/settings', /^(__init__|base|common|default|local|prod|production|staging|live)\.py$/],
];

/** Only worth a fork when they hold settings of an application's own: the common names are too common. */
export const templates = /(example|sample|dist|test)/i;

/**
 * Configuration files of a site that known frameworks read, relative to its root. A fixed list of directories is read,
 * however large the site is.
 */
export async function findConfiguration(root: string): Promise<string[]> {
  const found = new Set<string>();
  const listings = new Map<string, Promise<string[]>>();
  const list = (directory: string) => {
    const known = listings.get(directory) ?? names(path.join(root, directory));
    listings.set(directory, known);
    return known;
  };
  const isDjango = (await list('.')).includes('manage.py');
  await Promise.all(
    [...places, ...(isDjango ? djangoPlaces : [])].map(async ([place, pattern]) => {
      const [parent, below] = place.split('*');
      const directories =
        below === undefined
          ? [place]
          : (await list(parent || '.')).map(name => path.join(parent ?? '', name, below));
      for (const directory of directories)
        for (const name of await list(directory))
          if (pattern.test(name) && !templates.test(name)) found.add(path.join(directory, name));
    }),
  );
  return [...found].sort();
}

/** Names of files and directories; nothing where there is no such directory. */
async function names(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isNoDirectory(error)) return [];
    throw error;
  }
}

/** Whether a directory could not be listed because there is none, or none for this user. */
export function isNoDirectory(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(errorCode(error) ?? '');
}
