/**
 * Keys and certificates that applications keep in files of their own: they open what production has sealed, no setting
 * holds them, and an application may not start without. Said, not taken away.
 */
const sealed: readonly (readonly [file: string, what: string])[] = [
  [
    'config/master.key',
    'it opens config/credentials.yml.enc, with everything that production keeps in there',
  ],
  ['config/credentials/production.key', 'it opens config/credentials/production.yml.enc'],
  ['config/secrets.yml.key', 'it opens config/secrets.yml.enc'],
  ['config/secrets/prod/prod.decrypt.private.php', 'it opens Symfony’s secrets of production'],
  ['config/jwt/private.pem', 'tokens that it signs are good in production'],
  ['storage/oauth-private.key', 'tokens that it signs are good in production'],
  ['auth.json', 'Composer’s logins'],
  ['.npmrc', 'npm’s logins'],
];

/** One sentence for each that the environment can read. */
export function sealedSecrets(exists: (relative: string) => boolean): string[] {
  return sealed
    .filter(([file]) => exists(file))
    .map(([file, what]) => `${file} is production’s and can be read here: ${what}`);
}
