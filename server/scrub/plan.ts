/** Names of the transformers, as `greenroom.jsonc` uses them. */
export const transformerNames = [
  'email',
  'givenName',
  'familyName',
  'fullName',
  'userName',
  'phone',
  'street',
  'city',
  'postcode',
  'company',
  'birthDate',
  'date',
  'ip',
  'mac',
  'url',
  'iban',
  'cardNumber',
  'nationalId',
  'taxNumber',
  'geoPoint',
  'passwordHash',
  'token',
  'text',
  'json',
  'phpSerialized',
  'xml',
  'formEncoded',
  'blob',
  'keep',
  'null',
  'constant',
  'hash',
  'template',
] as const;
export type TransformerName = (typeof transformerNames)[number];

/** A rule as the configuration and presets state it. */
export type ScrubRule =
  | TransformerName
  | { keep: string }
  | { use: TransformerName; [option: string]: unknown };

export type RuleOptions = Readonly<Record<string, unknown>>;

export interface ColumnFacts {
  name: string;
  /** Lower-case base type: `varchar`, `int`, `json`. */
  dataType: string;
  /** As the server prints it: `varchar(255)`, `enum('a','b')`, `int(10) unsigned`. */
  columnType: string;
  charset: string | null;
  collation?: string | null;
  /** Characters for `char` and `varchar`; bytes for `text`, `binary` and `blob` kinds; null for other types. */
  maxLength: number | null;
  nullable: boolean;
  /** Computed by the server: has no value of its own to scrub. */
  generated: boolean;
}

export interface ForeignKeyFacts {
  columns: string[];
  refTable: string;
  refColumns: string[];
}

export interface TableFacts {
  name: string;
  columns: ColumnFacts[];
  /** The columns of each unique key, the primary key left out. */
  uniqueKeys: string[][];
  primaryKey: string[];
  /** Characters that a unique key looks at, where it looks at the beginning of a column only. */
  uniquePrefixes?: Record<string, number>;
  foreignKeys: ForeignKeyFacts[];
}

/** Where a column's rule comes from. `type`: its type holds no text; `implied`: certain by name, though no rule names it. */
export type RuleSource = 'rule' | 'preset' | 'foreign-key' | 'type' | 'implied';

/** One column, as a worker needs it. Plain data. */
export interface ColumnPlan {
  name: string;
  dataType: string;
  columnType: string;
  charset: string | null;
  collation: string | null;
  maxLength: number | null;
  nullable: boolean;
  /** Member of a unique or primary key, or joined to one: different originals must stay different. */
  unique: boolean;
  use: TransformerName;
  options: RuleOptions;
  /** Version of the transformer's algorithm: part of the digest. */
  version: number;
  source: RuleSource;
}

/** One table. `columns` holds every column that is not generated, in the table's order: the order of the rows. */
export interface TablePlan {
  table: string;
  columns: ColumnPlan[];
  /** Kinds whose replacements are long enough to be unique everywhere, because some unique column needs it. */
  wide: TransformerName[];
}

export interface UnclassifiedColumn {
  table: string;
  column: string;
  /** The line to paste into `scrub.rules`: `"users.email": "email"`. */
  proposal: string;
}

export interface ScrubPlan {
  tables: Record<string, TablePlan>;
  /** Columns without a decision: a build stops when there is one. */
  unclassified: UnclassifiedColumn[];
  /** Sentences for the user: rules that match nothing, columns scrubbed by implication, short unique columns. */
  warnings: string[];
  /** SHA-256 over everything that decides a replacement besides the key. */
  digest: string;
}

/** The key of a project. Never logged, never in the repository; sent to workers in memory. */
export interface ScrubKey {
  /** Public: names the key in manifests and evidence without telling it. */
  id: string;
  /** 32 random bytes. */
  bytes: Uint8Array;
}
