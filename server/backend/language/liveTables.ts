import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { resolveProduction } from '../../config/load.ts';
import { parseConfig } from '../../config/parse.ts';
import { connect } from '../../database/connection.ts';
import { messageOf } from '../../platform/errors.ts';
import { tableFacts } from '../../scrub/facts.ts';
import type { TableFacts } from '../../scrub/plan.ts';
import type { Backend } from '../backend.ts';

const fresh = 60_000;

/** Production's tables and columns, as far as the document's own address reaches them; looked at once a minute at most. */
export class LiveTables {
  readonly #backend: Backend;
  readonly #known = new Map<string, { at: number; tables: Promise<readonly TableFacts[]> }>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Empty where the document is not valid or the database does not answer: then there is nothing to complete from. */
  tables(document: TextDocument): Promise<readonly TableFacts[]> {
    const now = this.#backend.host.clock.elapsed();
    const known = this.#known.get(document.uri);
    if (known && now - known.at < fresh) return known.tables;
    const tables = this.#read(document).catch(error => {
      this.#backend.host.log.debug('no tables', { problem: messageOf(error) });
      return [];
    });
    this.#known.set(document.uri, { at: now, tables });
    return tables;
  }

  forget(uri: string): void {
    this.#known.delete(uri);
  }

  async #read(document: TextDocument): Promise<readonly TableFacts[]> {
    const file = fileURLToPath(document.uri);
    const parsed = parseConfig(file, document.getText());
    if (!parsed.ok) return [];
    const directory = path.dirname(file);
    const { host, secrets } = this.#backend;
    const source = {
      environment: host.environment,
      secrets: secrets.get(directory) ?? {},
      redact: host.redact,
    };
    const { reader } = resolveProduction(parsed.config, directory, source);
    const connection = await connect(host, reader, { readOnly: true, timeoutMs: 3_000 });
    try {
      return await tableFacts(connection, reader.database ?? '');
    } finally {
      await connection.close();
    }
  }
}
