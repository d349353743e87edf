import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkout, type Fixture, openFixture } from '../editor/support/fixture.ts';
import type { EditorWindow } from '../editor/support/window.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'editor';

/** The page's own: this file is checked without the DOM. */
declare function requestAnimationFrame(callback: (time: number) => void): number;

/** Runs in the page: scrolls the list by 400 pixels a frame, and answers how long the frames took, shortest first. */
async function scrollThrough(list: { scrollTop: number; scrollHeight: number }): Promise<number[]> {
  const gaps: number[] = [];
  let last = await new Promise<number>(requestAnimationFrame);
  for (let top = 0; top < list.scrollHeight; top += 400) {
    list.scrollTop = top;
    const now = await new Promise<number>(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
  }
  return gaps.sort((a, b) => a - b);
}

/** In a real VS Code: activation, checkout to "ready" in the status bar, a preview of 5,000 files, and what is shipped. */
export async function run(): Promise<BenchRow[]> {
  const rows = [bundle(), vsix()];
  const fixture = await openFixture();
  try {
    await fixture.project.checkout('bench');
    const window = await fixture.open(fixture.project.repository);
    await window.statusShows(/bench · \d+d/);
    rows.push(await checkoutToReady(fixture, window), ...(await largePreview(fixture, window)));
    await window.close();
    for (let again = 0; again < 4; again++) {
      const another = await fixture.open(fixture.project.repository);
      await another.statusShows(/large · \d+d/);
      await another.close();
    }
    rows.unshift(activation(fixture));
    return rows;
  } finally {
    await fixture.close();
  }
}

/** As the extension measured itself in its extension host, one line of the log per window. */
function activation(fixture: Fixture): BenchRow {
  const times = globSync('editor/user-data/**/*Greenroom*.log', { cwd: fixture.project.directory }).flatMap(
    file =>
      [
        ...readFileSync(path.join(fixture.project.directory, file), 'utf8').matchAll(
          /Activated in ([\d.]+) ms/g,
        ),
      ].map(match => Number(match[1])),
  );
  return {
    what: 'activation in the extension host',
    ours: median(times),
    unit: 'ms',
    target: '≤ 100 ms',
    note: `${times.length} windows, slowest ${Math.max(...times)} ms`,
  };
}

async function checkoutToReady({ project }: Fixture, window: EditorWindow): Promise<BenchRow> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    await project.git('switch', '--quiet', '--create', `ready-${round}`, 'main');
    await window.statusShows(new RegExp(`ready-${round} · \\d+d`));
    times.push(performance.now() - start);
  }
  return {
    what: 'checkout to "ready" in the status bar',
    ours: median(times),
    unit: 'ms',
    target: '≤ 1500 ms',
  };
}

async function largePreview({ project }: Fixture, window: EditorWindow): Promise<BenchRow[]> {
  await project.checkout('large');
  await window.statusShows(/large · \d+d/);
  for (let part = 0; part < 50; part++) {
    const parent = path.join(project.repository, `pages/part${part}`);
    mkdirSync(parent, { recursive: true });
    for (let page = 0; page < 100; page++)
      writeFileSync(path.join(parent, `page${page}.html`), `<p>${page}</p>\n`);
  }
  await window.openView();
  await window.row(/Changed Files\s*5000/).waitFor({ timeout: 180_000 });
  const opened: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    await window.page
      .locator('.pane-header, .composite.title')
      .locator('[aria-label^="Preview Promotion"]')
      .first()
      .click();
    await window.webview().locator('.file').first().waitFor();
    opened.push(performance.now() - start);
    if (round < 4) {
      await window.command('View: Close Editor');
      await window.page.locator('iframe.webview').first().waitFor({ state: 'detached' });
    }
  }
  const frames: number[] = await window.webview().locator('#file-list').evaluate(scrollThrough);
  return [
    { what: 'preview of 5,000 changed files opens', ours: median(opened), unit: 'ms', target: '≤ 1000 ms' },
    {
      what: 'scrolling through it, a frame (95 %)',
      ours: frames[Math.floor(frames.length * 0.95)] ?? Number.NaN,
      unit: 'ms',
      note: `${frames.length} frames`,
    },
  ];
}

function bundle(): BenchRow {
  const bytes = statSync(path.join(checkout, 'dist/extension.cjs')).size;
  return { what: 'extension bundle', ours: bytes / 1e6, unit: 'MB', target: '≤ 0.3 MB' };
}

function vsix(): BenchRow {
  const file = path.join(checkout, 'dist', 'bench.vsix');
  const { scripts } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8'));
  const [, options = ''] = /vsce package (.*) --out/.exec(scripts.package) ?? [];
  execFileSync(
    process.execPath,
    [path.join(checkout, 'node_modules/@vscode/vsce/vsce'), 'package', ...options.split(' '), '--out', file],
    { cwd: checkout, stdio: 'pipe' },
  );
  return { what: 'VSIX', ours: statSync(file).size / 1e6, unit: 'MB', target: '≤ 3 MB' };
}
