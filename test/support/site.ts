import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OverlayDriver } from '../../server/files/driver.ts';
import { createOverlay, type Overlay, overlayDrivers } from '../../server/files/overlay.ts';
import { unattended } from '../../server/platform/progress.ts';
import { gitTestEnvironment } from './repository.ts';
import { needs } from './requirements.ts';
import { temporaryDirectory, testHost } from './temporary.ts';
import { xfsVolume } from './xfs.ts';

export const driverNames = ['overlayfs', 'fuse-overlayfs', 'reflink', 'copy'] as const;
export type DriverName = (typeof driverNames)[number];

/** What the driver needs of the machine, or the test is skipped with the reason. */
export function needsDriver(test: Mocha.Context, name: DriverName): void {
  if (name === 'overlayfs') needs(test, 'linux', 'root');
  if (name === 'fuse-overlayfs') needs(test, 'linux', 'program:fuse-overlayfs');
  if (name === 'reflink') needs(test, 'loop');
}

/** A small production and a place for an environment, on a file system that the driver can use. */
export class TestSite {
  readonly root: string;
  readonly production: string;
  readonly driver: OverlayDriver;
  readonly host: ReturnType<typeof testHost>;
  readonly #remove: () => Promise<void>;
  readonly #overlays: Overlay[] = [];

  private constructor(root: string, production: string, driver: OverlayDriver, remove: () => Promise<void>) {
    this.root = root;
    this.production = path.join(root, production);
    this.driver = driver;
    this.host = testHost(path.join(root, 'store'), { environment: gitTestEnvironment() });
    this.#remove = remove;
  }

  static async make(name: DriverName, production = 'production'): Promise<TestSite> {
    const place = name === 'reflink' ? await xfsVolume(400_000_000) : await temporaryDirectory();
    const driver = overlayDrivers.find(candidate => candidate.name === name);
    if (driver === undefined) throw new Error(`no driver ${name}`);
    const site = new TestSite(place.path, production, driver, () => place.remove());
    await mkdir(site.production);
    return site;
  }

  async fill(files: Record<string, string | Uint8Array>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.production, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }

  async overlay(name = 'env'): Promise<Overlay & { warnings: string[] }> {
    const directory = path.join(this.root, name);
    const options = { driver: this.driver, productionRoot: this.production, directory };
    const overlay = await createOverlay(this.host, options, unattended);
    this.#overlays.push(overlay);
    return overlay;
  }

  async remove(): Promise<void> {
    for (const overlay of this.#overlays) await overlay.destroy();
    await this.#remove();
  }
}
