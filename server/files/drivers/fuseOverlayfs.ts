import { access } from 'node:fs/promises';
import { hasReason } from '../../platform/errors.ts';
import { runMount } from '../mounts.ts';
import { layerOptions, unionOverlay } from '../union.ts';

/** An overlay in user space: for any user who may open /dev/fuse. */
export const fuseOverlayfs = unionOverlay({
  name: 'fuse-overlayfs',
  marksByName: true,
  async precheck(host) {
    if (host.platform !== 'linux') return { ok: false, why: 'only Linux has it' };
    const advice = 'install the package fuse-overlayfs';
    try {
      await access('/dev/fuse');
      await host.processes.run('fuse-overlayfs', ['--version']);
    } catch (error) {
      if (hasReason(error, 'binary-missing'))
        return { ok: false, why: 'fuse-overlayfs is not installed', advice };
      return { ok: false, why: '/dev/fuse cannot be opened here', advice: 'load the kernel module fuse' };
    }
    return { ok: true };
  },
  mount(host, place) {
    const uid = process.getuid?.() ?? 0;
    // Production may belong to www-data: in an engineer's own environment everything is the engineer's to change.
    const squash = uid === 0 ? '' : `,squash_to_uid=${uid},squash_to_gid=${process.getgid?.() ?? uid}`;
    return runMount(host, place, 'fuse-overlayfs', [
      '-o',
      `${layerOptions}${squash},fsname=greenroom`,
      'site',
    ]);
  },
});
