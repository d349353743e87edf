// Bundles every process of Greenroom into dist/: `node build.mjs [--out DIR] [--only extension,webview,server] [--no-minify]`.
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Processes and worker threads of the backend: the name in dist/, and where it starts. */
const servers = {
  server: 'server/main.ts',
  cli: 'server/cli.ts',
  keeper: 'server/keeper.ts',
  baseWorker: 'server/base/worker.ts',
  networkBridge: 'server/reroute/networkBridge.ts',
  sendmail: 'server/reroute/inbox/sendmail.ts',
};

/** Packages that were made for CommonJS ask for these; ESM has none of them. */
const commonJsNames = [
  "import { createRequire as greenroomCreateRequire } from 'node:module';",
  "import { fileURLToPath as greenroomFileURLToPath } from 'node:url';",
  "import { dirname as greenroomDirname } from 'node:path';",
  'const require = greenroomCreateRequire(import.meta.url);',
  'const __filename = greenroomFileURLToPath(import.meta.url);',
  'const __dirname = greenroomDirname(__filename);',
].join(' ');

/** Leaves an import to run time: the file is bundled by itself. */
function onDemand(source, bundled) {
  return {
    name: 'on-demand',
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^${source.replace(/[./]/g, '\\$&')}$`) }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: bundled, external: true },
      );
    },
  };
}

const parts = {
  extension: (common, outdir, root) => [
    build({
      ...common,
      entryPoints: { extension: 'extension/main.ts', languageClient: 'extension/backend/languageClient.ts' },
      outdir,
      outExtension: { '.js': '.cjs' },
      platform: 'node',
      format: 'cjs',
      // VS Code hands out its API through `require` alone.
      supported: { 'dynamic-import': false },
      target: 'node22',
      external: ['vscode'],
      // The language client is large: a file of its own, loaded when the backend is first needed.
      plugins: [onDemand('./languageClient.ts', './languageClient.cjs')],
      // zod looks whether it runs in Cloudflare; VS Code puts an error on the console of whoever looks at `navigator`.
      define: { navigator: 'undefined' },
    }),
    writeConfigSchema(path.join(outdir, 'greenroom.schema.json'), root),
  ],
  webview: (common, outdir) => [
    build({
      ...common,
      entryPoints: { webview: 'webview/main.ts' },
      outdir,
      platform: 'browser',
      format: 'iife',
      target: 'chrome128',
    }),
  ],
  server: (common, outdir) => [
    build({
      ...common,
      entryPoints: servers,
      outdir,
      splitting: true,
      chunkNames: 'chunk-[hash]',
      platform: 'node',
      format: 'esm',
      target: 'node22',
      // Prefer the ESM build of packages that have both: it is the one that can be shaken.
      mainFields: ['module', 'main'],
      banner: { js: commonJsNames },
    }),
  ],
};

/**
 * Builds beside the old bundles and puts the new ones in their place when all of them are there: a failed build leaves
 * what worked, and a process that starts meanwhile never finds half of it.
 * @param {{outdir?: string, only?: readonly string[], minify?: boolean}} options
 * @returns {Promise<Record<string, number>>} bytes by file
 */
export async function buildAll({ outdir = 'dist', only = Object.keys(parts), minify = true } = {}) {
  const root = path.dirname(fileURLToPath(import.meta.url));
  const target = path.resolve(root, outdir);
  const draft = `${target}.building-${process.pid}`;
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
  };
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    const results = await Promise.all(only.flatMap(part => parts[part](common, draft, root)));
    if (only.length < Object.keys(parts).length && existsSync(target))
      await cp(target, draft, { recursive: true, force: false });
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
    return Object.fromEntries(
      results
        .flatMap(result => Object.entries(result?.metafile.outputs ?? {}))
        .map(([file, { bytes }]) => [path.basename(file), bytes]),
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** What VS Code's own JSON support knows of greenroom.jsonc before the backend runs. Bundled first: Node 20 reads no TypeScript. */
async function writeConfigSchema(file, root) {
  const contents = `import * as z from 'zod'; import { configSchema } from './server/config/schema.ts';
    export const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });`;
  const bundle = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const text = Buffer.from(bundle.outputFiles[0].text).toString('base64');
  const { schema } = await import(`data:text/javascript;base64,${text}`);
  await writeFile(file, JSON.stringify({ ...schema, allowComments: true, allowTrailingCommas: true }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const value = name => {
    const index = process.argv.indexOf(name);
    return index < 0 ? undefined : process.argv[index + 1];
  };
  const sizes = await buildAll({
    ...(value('--out') && { outdir: value('--out') }),
    ...(value('--only') && { only: value('--only').split(',') }),
    minify: !process.argv.includes('--no-minify'),
  });
  if (!process.argv.includes('--quiet'))
    for (const [file, bytes] of Object.entries(sizes).sort(([, a], [, b]) => b - a))
      console.log(`${String(Math.ceil(bytes / 1000)).padStart(6)} kB  ${file}`);
}
