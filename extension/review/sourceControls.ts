import type { Backend } from '../backend/backend.ts';
import type { FolderModel } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import { FolderSourceControl } from './folderSourceControl.ts';
import { Locations } from './locations.ts';

/** One SCM entry "Staging → Production" per folder that has an environment, and what other parts ask of it. */
export class SourceControls extends Disposable {
  readonly #backend: Backend;
  readonly #controls = new Map<FolderModel, FolderSourceControl>();
  readonly #locations = new Map<FolderModel, Locations>();

  constructor(backend: Backend, workspace: WorkspaceModel) {
    super();
    this.#backend = backend;
    const update = () => this.#update(workspace.folders);
    update();
    this.register(workspace.onDidChange(update));
  }

  locations(folder: FolderModel): Locations {
    const known = this.#locations.get(folder) ?? new Locations(folder, this.#backend);
    this.#locations.set(folder, known);
    return known;
  }

  /** The promotion's message as written in the SCM input box. */
  message(folder: FolderModel): string {
    return this.#controls.get(folder)?.message ?? '';
  }

  setMessage(folder: FolderModel, text: string): void {
    const control = this.#controls.get(folder);
    if (control !== undefined) control.message = text;
  }

  clearMessage(folder: FolderModel): void {
    this.setMessage(folder, '');
  }

  #update(folders: readonly FolderModel[]): void {
    for (const folder of folders) {
      const wanted = folder.environment !== undefined;
      const control = this.#controls.get(folder);
      if (wanted && control === undefined)
        this.#controls.set(folder, new FolderSourceControl(folder, this.locations(folder)));
      // A backend that restarts leaves the view as it is: only a known status takes it away.
      if (!wanted && folder.status !== undefined) this.#drop(folder);
    }
    for (const folder of [...this.#locations.keys()]) {
      if (folders.includes(folder)) continue;
      this.#drop(folder);
      this.#locations.get(folder)?.dispose();
      this.#locations.delete(folder);
    }
  }

  #drop(folder: FolderModel): void {
    this.#controls.get(folder)?.dispose();
    this.#controls.delete(folder);
  }

  override dispose(): void {
    for (const folder of [...this.#controls.keys()]) this.#drop(folder);
    for (const locations of this.#locations.values()) locations.dispose();
    super.dispose();
  }
}
