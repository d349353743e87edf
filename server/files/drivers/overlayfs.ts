import { readFile } from 'node:fs/promises';
import { hasReason } from '../../platform/errors.ts';
import { runMount } from '../mounts.ts';
import { layerOptions, unionOverlay } from '../union.ts';

/** The kernel's own overlay file system: the fastest, and for root only. */
export const overlayfs = unionOverlay({
  name: 'overlayfs',
  marksByName: false,
  async precheck(host) {
    if (host.platform !== 'linux') return { ok: false, why: 'only Linux has it' };
    if (process.getuid?.() !== 0) return { ok: false, why: 'only root may mount it' };
    const known = await readFile('/proc/filesystems', 'utf8');
    if (/\boverlay$/m.test(known)) return { ok: true };
    try {
      await host.processes.run('modprobe', ['overlay']);
      return { ok: true };
    } catch (error) {
      if (!hasReason(error, 'process-failed', 'binary-missing')) throw error;
      return { ok: false, why: 'this kernel does not offer it' };
    }
  },
  // Without redirects and metadata-only copies every entry of the upper layer is whole and where it belongs.
  mount: (host, place) =>
    runMount(host, place, 'mount', [
      '-t',
      'overlay',
      '-o',
      `${layerOptions},redirect_dir=off,metacopy=off,index=off`,
      'greenroom',
      'site',
    ]),
});
