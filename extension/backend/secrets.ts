import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';

/**
 * Values for `${secret:NAME}` and `${env:NAME}` in greenroom.jsonc, in VS Code's secret storage, one entry per folder.
 * They leave it only towards the backend's memory.
 */
export class Secrets extends Disposable {
  readonly #storage: vscode.SecretStorage;
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;

  constructor(storage: vscode.SecretStorage) {
    super();
    this.#storage = storage;
    this.register(
      storage.onDidChange(({ key }) => {
        if (key.startsWith('secrets:')) this.#changed.fire();
      }),
    );
  }

  async all(folder: string): Promise<Record<string, string>> {
    const stored = await this.#storage.get(`secrets:${folder}`);
    return stored === undefined ? {} : (JSON.parse(stored) as Record<string, string>);
  }

  async set(folder: string, name: string, value: string): Promise<void> {
    const all = { ...(await this.all(folder)), [name]: value };
    await this.#storage.store(`secrets:${folder}`, JSON.stringify(all));
  }

  async clear(folder: string, name: string): Promise<void> {
    const { [name]: _, ...rest } = await this.all(folder);
    await this.#storage.store(`secrets:${folder}`, JSON.stringify(rest));
  }
}
