import { createServer } from 'node:net';

/** True if nothing listens on this loopback port. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * A free loopback port out of Greenroom's range (below the kernel's ephemeral range, so that outgoing connections do
 * not take it while an environment sleeps).
 *
 * @param taken ports promised to other environments, running or not
 */
export async function pickPort(taken: ReadonlySet<number>, preferred?: number): Promise<number> {
  if (preferred !== undefined && !taken.has(preferred) && (await isPortFree(preferred))) return preferred;
  const first = 20_000;
  const size = 12_000;
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step++) {
    const port = first + ((start + step) % size);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error('no free loopback port between 20000 and 31999');
}
