import path from 'node:path';
import { startEditorServer } from '../editor/support/editorServer.ts';
import { codeServer } from '../setup/codeServer.mjs';
import { greenroom } from './cli.ts';
import { demoRoot, openDemo } from './demo.ts';
import { stopServer } from './production.ts';

/** `npm run code`: the demo shop in a real VS Code in the browser, with this checkout's extension. Ctrl+C ends it. */
const demo = await openDemo(demoRoot(), step => console.log(`· ${step}`));
await codeServer(step => console.log(`· ${step}`));
const bases = (await greenroom({ cwd: demo.repository, variables: demo.variables }, 'base', 'list')) as {
  generations: unknown[];
};
if (bases.generations.length === 0) {
  console.log('· building the base');
  await greenroom({ cwd: demo.repository, variables: demo.variables }, 'base', 'build');
}
const server = await startEditorServer({
  directory: path.join(demo.root, 'editor'),
  environment: demo.variables,
  settings: { 'security.workspace.trust.enabled': false },
});
const checkout = path.resolve(import.meta.dirname, '../..');
const query = new URLSearchParams({
  folder: demo.repository,
  payload: JSON.stringify([
    ['extensionDevelopmentPath', `vscode-remote://127.0.0.1:${server.port}${checkout}`],
  ]),
});
console.log(`
The demo shop is open in VS Code:

  http://127.0.0.1:${server.port}/?${query}

Check out a branch in its terminal (git switch -c my-branch) and watch the status bar.
Ctrl+C stops VS Code and production's database; the demo stays in ${demo.root}.`);
await new Promise<void>(resolve => {
  process.once('SIGINT', () => resolve());
  process.once('SIGTERM', () => resolve());
});
await server.close();
await stopServer(path.join(demo.root, 'db'));
