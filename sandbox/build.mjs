// Makes pkg-sandbox/, the package palm-user-sandbox, once pkg/ is there.
// `cargo xtask build` runs it.

import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const out = path.join(root, 'pkg-sandbox');
const dist = path.join(out, 'dist');

await rm(out, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await scripts();
await declarations();
await manifest();
await cp(path.join(here, 'README.md'), path.join(out, 'README.md'));
for (const file of ['CHANGELOG.md', 'LICENSE-APACHE', 'LICENSE-MIT']) await cp(path.join(root, file), path.join(out, file));

/** One readable file for each entry. Those for Node.js import the first. */
async function scripts() {
  const shared = { bundle: true, platform: 'neutral', target: 'es2022', legalComments: 'none', logLevel: 'warning', external: ['palm-user', 'node:*'] };
  const entry = (source, file, format, plugins = []) => build({ ...shared, entryPoints: [path.join(here, 'src', source)], outfile: path.join(dist, file), format, plugins });
  const beside = (filter, file) => ({ name: 'beside', setup: (b) => b.onResolve({ filter }, () => ({ path: file, external: true })) });
  await Promise.all([
    entry('index.ts', 'index.js', 'esm'),
    entry('index.ts', 'index.cjs', 'cjs'),
    entry('node.ts', 'node.js', 'esm', [beside(/\/index\.js$/, './index.js')]),
    entry('cli.ts', 'cli.js', 'esm', [beside(/\/node\.js$/, './node.js')]),
  ]);
  await chmod(path.join(dist, 'cli.js'), 0o755);
}

/** Declarations for ESM, and the same for CommonJS, where TypeScript expects `.d.cts`. */
async function declarations() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const args = ['-p', path.join(here, 'tsconfig.json'), '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', dist];
  execFileSync(process.execPath, [tsc, ...args], { stdio: 'inherit' });
  const internal = ['account', 'body', 'cli', 'faults', 'handler', 'node/journal', 'node/lock', 'node/exchange'];
  for (const name of internal) await rm(path.join(dist, `${name}.d.ts`));
  const files = await readdir(dist, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.d.ts') && !name.startsWith('node'))) {
    const text = await readFile(path.join(dist, file), 'utf8');
    await writeFile(path.join(dist, file.replace(/\.d\.ts$/, '.d.cts')), text.replaceAll(/(from '\.[^']*)\.js'/g, "$1.cjs'"));
  }
  if ((await readdir(path.join(dist, 'node')).catch(() => [])).length === 0) await rm(path.join(dist, 'node'), { recursive: true, force: true });
}

/** Version, repository and links are those of palm-user. */
async function manifest() {
  const { version, repository, homepage, bugs } = JSON.parse(await readFile(path.join(root, 'pkg/package.json'), 'utf8'));
  const { description, license, ...rest } = JSON.parse(await readFile(path.join(here, 'package.json'), 'utf8'));
  const json = { ...rest, version, description, license, repository, homepage, bugs, dependencies: { 'palm-user': `^${version}` } };
  await writeFile(path.join(out, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
  // Resolvers older than "exports" look for a folder of the entry's name.
  await mkdir(path.join(out, 'node'));
  const folder = { type: 'module', main: '../dist/node.js', types: '../dist/node.d.ts', sideEffects: false };
  await writeFile(path.join(out, 'node/package.json'), `${JSON.stringify(folder, null, 2)}\n`);
}
