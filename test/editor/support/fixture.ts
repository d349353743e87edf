import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { type EditorServer, startEditorServer } from './editorServer.ts';
import { Project } from './project.ts';
import { EditorWindow } from './window.ts';

export const checkout = path.resolve(import.meta.dirname, '../../..');

/** What the journeys share: one production with its base, one VS Code server, one browser. Each has its own branch. */
export interface Fixture {
  project: Project;
  server: EditorServer;
  browser: Browser;
  /** Opens a window with the extension of this checkout. */
  open(folder: string, options?: Partial<Parameters<typeof EditorWindow.open>[2]>): Promise<EditorWindow>;
  close(): Promise<void>;
}

export async function openFixture(settings: Readonly<Record<string, unknown>> = {}): Promise<Fixture> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const project = await Project.make();
    closing.push(() => project.close());
    await project.cli('base', 'build');
    const server = await startEditorServer({
      directory: path.join(project.directory, 'editor'),
      environment: {
        ...project.demo.variables,
        GREENROOM_TEST_MOCHA: path.join(checkout, 'node_modules/mocha/index.js'),
      },
      settings: { 'security.workspace.trust.enabled': false, ...settings },
    });
    closing.push(() => server.close());
    const browser = await launchBrowser();
    closing.push(() => browser.close());
    return {
      project,
      server,
      browser,
      open: (folder, options = {}) =>
        EditorWindow.open(browser, server, { folder, development: checkout, ...options }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Closes the window, and keeps a picture of it when the test failed. */
export async function finish(window: EditorWindow | undefined, failed: boolean, name: string): Promise<void> {
  if (window === undefined) return;
  const pictures = process.env['GREENROOM_TEST_PICTURES'];
  if (failed && pictures !== undefined)
    await window.page.screenshot({ path: path.join(pictures, `${name.replace(/\W+/g, '-')}.png`) });
  await window.close();
}
