// What a user downloads, by what they use of the package: exact bytes, minified
// by esbuild as a site would, with gzip 9 and brotli 11. `node sizes.mjs` prints
// it, `node sizes.mjs --record` writes it to sizes.json, which the tests hold.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { figures } from '../../docs/site/figures.mjs';

const dist = fileURLToPath(new URL('../../pkg/dist', import.meta.url));
export const recorded = path.join(import.meta.dirname, 'sizes.json');

const core = 'applyPatch, fingerprint, updateUser, validatePatch';
const entries = [
  ['workerd: validatePatch, applyPatch, fingerprint, updateUser', 'workerd.js', core, true],
  ['/web: the same', 'web.js', `default, ${core}`, true],
  ['inlined: the same', 'index.js', core, false],
  ['workerd: without updateUser', 'workerd.js', 'applyPatch, fingerprint, validatePatch', true],
  ['workerd: everything', 'workerd.js', '*', true],
  ['inlined: everything', 'index.js', '*', false],
  ['edge: what it adds', 'edge-workerd.js', '*', false],
];

const of = (parts) => ({
  bytes: parts.reduce((sum, part) => sum + part.length, 0),
  gzip: parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0),
  brotli: parts.reduce((sum, part) => sum + brotliCompressSync(part).length, 0),
});

/** `{entry: {bytes, gzip, brotli}}`; the module alone first. */
export async function sizes() {
  const wasm = await readFile(path.join(dist, 'palm_user.wasm'));
  const all = { 'palm_user.wasm': of([wasm]) };
  for (const [name, file, names, withModule] of entries) {
    const contents = `export ${names === '*' ? '*' : `{ ${names} }`} from './${file}';`;
    const external = ['*.wasm', ...(file.startsWith('edge') ? ['./workerd.js'] : [])];
    const options = { bundle: true, format: 'esm', minify: true, write: false, logLevel: 'silent' };
    const { outputFiles } = await build({ ...options, external, stdin: { contents, resolveDir: dist } });
    const script = Buffer.from(outputFiles[0].contents);
    all[name] = of(withModule ? [script, wasm] : [script]);
  }
  return all;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = await sizes();
  console.table(all);
  if (process.argv.includes('--record')) {
    await writeFile(recorded, `${JSON.stringify(all, null, 2)}\n`);
    // What documents quote of it.
    await figures();
  }
}
