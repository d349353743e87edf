// Bundles every process of Greenroom into dist/: `node build.mjs [--out DIR] [--only extension,webview,server] [--no-minify]`.
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
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

/**
 * @param {{outdir?: string, only?: readonly string[], minify?: boolean}} options
 * @returns {Promise<Record<string, number>>} bytes by file
 */
export async function buildAll({
  outdir = 'dist',
  only = ['extension', 'webview', 'server'],
  minify = true,
} = {}) {
  const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
  };
  if (only.length === 3) await rm(path.resolve(root, outdir), { recursive: true, force: true });
  await mkdir(path.resolve(root, outdir), { recursive: true });
  const results = [];
  if (only.includes('extension'))
    results.push(
      build({
        ...common,
        entryPoints: { extension: 'extension/main.ts' },
        outdir,
        outExtension: { '.js': '.cjs' },
        platform: 'node',
        format: 'cjs',
        target: 'node22',
        external: ['vscode'],
      }),
      writeConfigSchema(path.resolve(root, outdir, 'greenroom.schema.json'), root),
    );
  if (only.includes('webview'))
    results.push(
      build({
        ...common,
        entryPoints: { webview: 'webview/main.ts' },
        outdir,
        platform: 'browser',
        format: 'iife',
        target: 'chrome128',
      }),
    );
  if (only.includes('server')) {
    const present = Object.entries(servers).filter(([name, source]) => {
      const there = existsSync(path.join(root, source));
      if (!there) console.warn(`${name}: ${source} does not exist yet, left out`);
      return there;
    });
    results.push(
      build({
        ...common,
        entryPoints: Object.fromEntries(present),
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
    );
  }
  const sizes = {};
  for (const result of await Promise.all(results))
    for (const [file, { bytes }] of Object.entries(result?.metafile.outputs ?? {}))
      sizes[path.basename(file)] = bytes;
  return sizes;
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
