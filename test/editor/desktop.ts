import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { checkout } from './support/fixture.ts';
import { buildHostSuite } from './support/hostSuite.ts';
import { Project } from './support/project.ts';

/**
 * `node test/editor/desktop.ts [VERSION]`: the tests of the extension host in a desktop VS Code, by default the oldest that
 * the manifest supports. For machines that can download VS Code and have a display; `npm test` needs neither, it uses the
 * server that comes with code-server.
 */
const version = process.argv[2] ?? '1.101.0';
const reachable = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
  signal: AbortSignal.timeout(10_000),
}).then(
  ({ ok }) => ok,
  () => false,
);
if (!reachable) {
  console.error('VS Code cannot be downloaded here; "npm test -- editor" runs the same tests without it.');
  process.exit(2);
}
const vscodeExecutablePath = await downloadAndUnzipVSCode(version);
const project = await Project.make();
try {
  await project.cli('base', 'build');
  await project.checkout('before-host-suite');
  process.exitCode = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: checkout,
    extensionTestsPath: await buildHostSuite(path.join(project.directory, 'host')),
    extensionTestsEnv: {
      ...project.demo.variables,
      GREENROOM_TEST_MOCHA: path.join(checkout, 'node_modules/mocha/index.js'),
    },
    launchArgs: [
      project.repository,
      '--disable-workspace-trust',
      `--user-data-dir=${path.join(project.directory, 'user-data')}`,
      `--extensions-dir=${path.join(project.directory, 'extensions')}`,
    ],
  });
} finally {
  await project.close();
}
