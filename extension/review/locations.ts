import path from 'node:path';
import * as vscode from 'vscode';
import { locate } from '../../server/protocol/review.ts';
import type { Backend } from '../backend/backend.ts';
import type { FolderModel } from '../model/folder.ts';
import { Disposable } from '../ui/disposable.ts';

/** Where a site path lies in the branch, and the other way round; asked once per path until the status changes. */
export class Locations extends Disposable {
  readonly #folder: FolderModel;
  readonly #backend: Backend;
  readonly #files = new Map<string, string | undefined>();
  readonly #paths = new Map<string, string | undefined>();
  #configuration: string | undefined;

  constructor(folder: FolderModel, backend: Backend) {
    super();
    this.#folder = folder;
    this.#backend = backend;
    this.register(folder.onDidChangeStatus(() => this.#forgetWhenChanged()));
  }

  /** Asks for all of them at once. */
  async learn(paths: readonly string[]): Promise<void> {
    const unknown = paths.filter(one => !this.#files.has(one));
    if (unknown.length === 0) return;
    const { files } = await this.#backend.request(locate, { folder: this.#folder.path, paths: unknown });
    unknown.forEach((one, index) => {
      const file = files[index] ?? undefined;
      this.#files.set(one, file);
      if (file !== undefined) this.#paths.set(file, one);
    });
  }

  /** The branch's file for a site path, or the environment's own where the site wrote it. */
  async fileOf(sitePath: string): Promise<vscode.Uri> {
    await this.learn([sitePath]);
    const file = this.#files.get(sitePath);
    if (file !== undefined) return vscode.Uri.file(file);
    const site = this.#folder.environment?.site;
    if (site === undefined) throw new Error(`no environment holds ${sitePath}`);
    return vscode.Uri.file(path.join(site, sitePath));
  }

  /** The branch's file for a site path, if it has been asked for and there is one. */
  known(sitePath: string): string | undefined {
    return this.#files.get(sitePath);
  }

  /** The site path that an open file becomes; `undefined`: it is not part of the site. */
  async pathOf(uri: vscode.Uri): Promise<string | undefined> {
    if (uri.scheme !== 'file') return undefined;
    const file = uri.fsPath;
    const site = this.#folder.environment?.site;
    if (site !== undefined && file.startsWith(site + path.sep))
      return path.relative(site, file).split(path.sep).join('/');
    if (!this.#paths.has(file)) {
      const { paths } = await this.#backend.request(locate, { folder: this.#folder.path, files: [file] });
      this.#paths.set(file, paths[0] ?? undefined);
    }
    return this.#paths.get(file);
  }

  #forgetWhenChanged(): void {
    const { ready, environment } = this.#folder;
    const now = `${ready?.project} ${environment?.id}`;
    if (now === this.#configuration) return;
    this.#configuration = now;
    this.#files.clear();
    this.#paths.clear();
  }
}
