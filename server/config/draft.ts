/** What `greenroom init` found; becomes a first `greenroom.jsonc`. */
export interface Draft {
  /** Where production's files are; undefined where only a person can know. */
  siteRoot: string | undefined;
  database: { host: string; port: number; name: string; user: string };
  presets: readonly string[];
  /** Lines such as `"users.email": "email"`, each with its reason. */
  rules: readonly { rule: string; reason: string }[];
  configurationFiles: readonly string[];
  serve: string | undefined;
  passwordVariable: string;
}

/** The text of a first configuration: valid, commented, every guess named as one. */
export function draftConfiguration(draft: Draft): string {
  const text = JSON.stringify;
  const { host, port, name, user } = draft.database;
  const rules = draft.rules
    .map(({ rule, reason }) => `      // ${reason.replace(/[\r\n]+/g, ' ')}\n      ${rule}`)
    .join(',\n');
  return `// Greenroom: what production is, what is personal in it, how promotions are made. The README explains every setting.
{
  "production": {
    "files": {
      // The directory that the live site is served from.
      "root": ${text(draft.siteRoot ?? '/var/www/html')},
      // Never compared, never promoted.
      "exclude": ["cache/**", "tmp/**", "uploads/**"]
    },
    "database": {
      // An account that may only read. Its password comes from the environment or from the editor's secret storage.
      "url": ${text(`mysql://${encodeURIComponent(user)}@${host}:${port}/${name}`)},
      "password": ${text(`\${env:${draft.passwordVariable}}`)}
      // "promoter": { "url": "mysql://deploy@${host}:${port}/${name}", "password": "\${env:${draft.passwordVariable}_DEPLOY}" }
    }
  },
  "scrub": {
    "presets": ${text(draft.presets)},
    // Every column that can hold text needs a decision. These are proposals: read them.
    "rules": {${rules === '' ? '' : `\n${rules}\n    `}}
  },
  "reroute": {
    // Files with settings and secrets: each environment gets its own, with production's secrets taken out.
    "config": ${text(draft.configurationFiles)},
    "sandbox": {}
  },
  "promotion": { "reviewFilesOver": "1MB", "keepSnapshots": "30d" },
  "expiry": { "idleDays": 7, "onMerge": true }${draft.serve === undefined ? '' : `,\n  "serve": ${text(draft.serve)}`}
}
`;
}
