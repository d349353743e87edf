import { type Connection, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { configFileName } from '../../config/load.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Backend } from '../backend.ts';
import { codeActions } from './actions.ts';
import { completions } from './completion.ts';
import { diagnostics } from './diagnostics.ts';
import { hover } from './hover.ts';
import { LiveTables } from './liveTables.ts';

/** Language features of `greenroom.jsonc`: problems on their lines, completion from production's schema, hover, fixes. */
export function registerConfigurationLanguage(connection: Connection, backend: Backend): void {
  const documents = new TextDocuments(TextDocument);
  const live = new LiveTables(backend);
  const isOurs = (uri: string) => uri.endsWith(`/${configFileName}`);
  const publish = async (document: TextDocument) => {
    if (!isOurs(document.uri)) return;
    const { version } = document;
    const found = await diagnostics(document, await live.tables(document));
    // An older look must not overwrite a newer one.
    if (documents.get(document.uri)?.version === version)
      await connection.sendDiagnostics({ uri: document.uri, version, diagnostics: found });
  };
  documents.onDidChangeContent(({ document }) => {
    publish(document).catch(error => backend.host.log.warn('no diagnostics', { problem: messageOf(error) }));
  });
  documents.onDidClose(({ document }) => {
    live.forget(document.uri);
    connection
      .sendDiagnostics({ uri: document.uri, diagnostics: [] })
      .catch(error => backend.host.log.debug('not delivered', { problem: messageOf(error) }));
  });
  const open = (uri: string) => (isOurs(uri) ? documents.get(uri) : undefined);
  connection.onCompletion(async ({ textDocument, position }) => {
    const document = open(textDocument.uri);
    return document ? completions(document, position, await live.tables(document)) : [];
  });
  connection.onHover(async ({ textDocument, position }) => {
    const document = open(textDocument.uri);
    return document ? hover(document, position, await live.tables(document)) : null;
  });
  connection.onCodeAction(async ({ textDocument, range }) => {
    const document = open(textDocument.uri);
    return document ? codeActions(document, range, await live.tables(document)) : [];
  });
  documents.listen(connection);
}
