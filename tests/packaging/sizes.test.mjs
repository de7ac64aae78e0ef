// Size budgets: what was recorded is what is allowed, of the compiler that
// rust-toolchain.toml names. Another one writes other bytes, and is not judged.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { build } from 'esbuild';

import { recorded, sizes } from './sizes.mjs';

const actual = await sizes();
const budgets = JSON.parse(await readFile(recorded, 'utf8'));

// What is left for a build on another system.
const TOLERANCE = 1.01;

const root = path.join(import.meta.dirname, '../..');
const [, pinned] = /^channel = "([^"]+)"/m.exec(await readFile(path.join(root, 'rust-toolchain.toml'), 'utf8'));
const [, compiler] = execFileSync('rustc', ['--version'], { cwd: root, encoding: 'utf8' }).split(' ');
const skip = compiler === pinned ? false : `the budgets are for Rust ${pinned}, and this is ${compiler}`;

test('every entry has a budget', () => assert.deepEqual(Object.keys(actual), Object.keys(budgets)));

for (const [name, budget] of Object.entries(budgets)) {
  test(`${name}: ${budget.gzip} bytes with gzip`, { skip }, () => {
    for (const measure of ['bytes', 'gzip', 'brotli']) {
      const limit = Math.round(budget[measure] * TOLERANCE);
      const hint = 'if it is worth it: node tests/packaging/sizes.mjs --record';
      assert.ok(actual[name][measure] <= limit, `${measure}: ${actual[name][measure]}, allowed ${limit}; ${hint}`);
    }
  });
}

test('what checks metadata drops out where defineMetadata is not used', async () => {
  const dist = path.join(root, 'pkg/dist');
  const bundled = async (names) => {
    const stdin = { contents: `export { ${names} } from './web.js';`, resolveDir: dist };
    const { outputFiles } = await build({ bundle: true, format: 'esm', minify: true, write: false, stdin });
    return outputFiles[0].text;
  };
  const sentence = 'The schema refuses this value.';
  assert.ok((await bundled('defineMetadata')).includes(sentence));
  const others = Object.keys(await import(path.join(dist, 'web.js'))).filter((name) => name !== 'default' && name !== 'defineMetadata');
  assert.ok(others.includes('createUserStore') && others.includes('createPatchSchema'));
  assert.ok(!(await bundled(others.join())).includes(sentence));
});
