// Nothing is linked into the crate or the module whose licence asks more than to be named.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ALLOWED = new Set(['MIT', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'Unicode-3.0', 'Unlicense', 'Zlib', '0BSD']);

/** One of the alternatives is allowed, in every part that is needed. */
const isAllowed = (expression) =>
  expression.replaceAll(/[()]/g, '').split(' AND ').every((part) => part.split(/ OR |\//).some((licence) => ALLOWED.has(licence.trim())));

for (const [what, options] of [
  ['the crate', []],
  ['the module', ['--target', 'wasm32-unknown-unknown', '--no-default-features', '--features', 'wasm']],
]) {
  test(`licences of ${what}`, () => {
    const format = ['--edges', 'normal', '--prefix', 'none', '--format', '{p}|{l}'];
    const tree = execFileSync('cargo', ['tree', '-p', 'palm-user', '--locked', ...format, ...options], { cwd: root, encoding: 'utf8' });
    const packages = [...new Set(tree.trim().split('\n').map((line) => line.replace(/ \(\*\)$/, '')))];
    assert.ok(packages.length > 3);
    for (const line of packages) {
      const [name, licence] = line.split('|');
      assert.ok(isAllowed(licence), `${name}: ${licence}`);
    }
  });
}
