import path from 'node:path';
import { makeImage, mountImage, unmountImage } from '../../server/platform/storeImage.ts';
import { temporaryDirectory, testHost } from './temporary.ts';

/** An XFS volume with reflinks of this test's own, in a sparse image; needs root and loop devices. */
export async function xfsVolume(bytes = 1_000_000_000): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await temporaryDirectory();
  const host = testHost(directory.path);
  const image = path.join(directory.path, 'image');
  const volume = path.join(directory.path, 'v');
  await makeImage(host, image, bytes);
  await mountImage(host, { image, volume });
  return {
    path: volume,
    async remove() {
      await unmountImage(host, volume);
      await directory.remove();
    },
  };
}
