import * as vscode from 'vscode';
import { readSide } from '../../server/protocol/review.ts';
import type { Backend } from '../backend/backend.ts';
import type { FolderModel } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import { parseProductionUri, productionScheme } from './uris.ts';

interface Content {
  bytes: Uint8Array;
  modifiedAt: number;
}

/** Production's files as VS Code reads them: fetched when asked for, kept until production moves, never written. */
export class ProductionFiles extends Disposable implements vscode.FileSystemProvider {
  readonly #backend: Backend;
  readonly #contents = new Map<string, Promise<Content | undefined>>();
  readonly #changed = this.register(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;

  constructor(backend: Backend, workspace: WorkspaceModel) {
    super();
    this.#backend = backend;
    const listening = new Map<FolderModel, vscode.Disposable>();
    const listen = () => {
      for (const folder of workspace.folders)
        if (!listening.has(folder))
          listening.set(
            folder,
            this.register(
              vscode.Disposable.from(
                folder.onDidMove(what => what === 'production' && this.#forget(folder.path)),
                this.#onPromotions(folder),
              ),
            ),
          );
    };
    listen();
    this.register(workspace.onDidChange(listen));
    this.register(
      vscode.workspace.registerFileSystemProvider(productionScheme, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
    );
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, modifiedAt } = await this.#content(uri);
    return {
      type: vscode.FileType.File,
      ctime: modifiedAt,
      mtime: modifiedAt,
      size: bytes.byteLength,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#content(uri)).bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  async #content(uri: vscode.Uri): Promise<Content> {
    const { folder, path, orEmpty } = parseProductionUri(uri);
    if (uri.fragment === 'deleted') return { bytes: new Uint8Array(), modifiedAt: 0 };
    const key = uri.toString();
    const reading = this.#contents.get(key) ?? this.#read(folder, path);
    this.#contents.set(key, reading);
    // A failed reading is forgotten: the next one may find the backend running.
    const content = await reading.catch(error => {
      this.#contents.delete(key);
      throw vscode.FileSystemError.Unavailable(error instanceof Error ? error.message : String(error));
    });
    if (content !== undefined) return content;
    if (orEmpty) return { bytes: new Uint8Array(), modifiedAt: 0 };
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  async #read(folder: string, path: string): Promise<Content | undefined> {
    const answer = await this.#backend.request(readSide, { folder, side: 'production', path });
    return answer.state === 'missing'
      ? undefined
      : { bytes: Buffer.from(answer.base64, 'base64'), modifiedAt: answer.modifiedAt };
  }

  /** A promotion or an undo by this window or another is in the ledger before anything else tells. */
  #onPromotions(folder: FolderModel): vscode.Disposable {
    let seen = folder.ready?.promotions[0]?.commit;
    return folder.onDidChangeStatus(() => {
      const newest = folder.ready?.promotions[0]?.commit;
      if (newest === undefined || newest === seen) return;
      seen = newest;
      this.#forget(folder.path);
    });
  }

  #forget(folder: string): void {
    const uris = [...this.#contents.keys()]
      .map(key => vscode.Uri.parse(key))
      .filter(uri => parseProductionUri(uri).folder === folder);
    for (const uri of uris) this.#contents.delete(uri.toString());
    this.#changed.fire(uris.map(uri => ({ type: vscode.FileChangeType.Changed, uri })));
  }
}
