import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../support/eventually.ts';
import { type GetFixture, windows } from '../support/journey.ts';

export function backendJourneys(get: GetFixture): void {
  describe('the backend', () => {
    const opened = windows();

    it('is killed, says so once, and is back with the same environment', async () => {
      const { project, open, server } = get();
      await project.checkout('survivor');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/survivor · \d+d/);
      process.kill(await eventually(() => backendOf(server.port), 'the backend is found'), 'SIGKILL');
      await window.notification(/ended unexpectedly and was started again/);
      await window.statusShows(/survivor · \d+d/);
      await project.save('gift.php', () => '<?php echo 2;\n');
      await window.openView();
      await window.row(/Changed Files\s*1/).waitFor();
      process.kill(await eventually(() => backendOf(server.port), 'the backend is found again'), 'SIGKILL');
      await window.statusShows(/survivor · \d+d/);
      const told = await window.page
        .locator('.notification-list-item', { hasText: 'ended unexpectedly' })
        .count();
      if (told > 1) throw new Error(`told ${told} times`);
    });
  });
}

/** The backend's process: a child of the newest extension host of this very server, found in /proc. */
function backendOf(port: number): number {
  const found = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      const command = read(`/proc/${pid}/cmdline`).split('\0');
      return command.some(word => word.endsWith('/dist/server.js')) && descendsFromServer(pid, port);
    });
  const [newest] = found.toSorted((a, b) => startOf(b) - startOf(a));
  if (newest === undefined) throw new Error('no backend runs');
  return newest;
}

/** Ticks since boot: a process id may be smaller than that of an older process. */
function startOf(pid: number): number {
  return Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? 0);
}

function descendsFromServer(pid: number, port: number): boolean {
  for (let one = pid; one > 1; ) {
    if (read(`/proc/${one}/cmdline`).includes(`--port=${port}`)) return true;
    one = Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${one}/status`))?.[1] ?? 0);
  }
  return false;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process is gone, so it is not the one.
    return '';
  }
}
