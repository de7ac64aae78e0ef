// The invariants of ARCHITECTURE.md, as far as a text can show them.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files under a folder by their paths, with their texts. */
async function files(folder, pattern) {
  const found = await readdir(path.join(root, folder), { recursive: true });
  const names = found.filter((name) => pattern.test(name)).map((name) => name.replaceAll('\\', '/'));
  assert.ok(names.length > 0, `${folder} has no such file`);
  return Promise.all(names.map(async (name) => [path.posix.join(folder, name), await readFile(path.join(root, folder, name), 'utf8')]));
}

const rust = await files('src', /\.rs$/);

test('only src/wasm/ and src/fetch/ name what is JavaScript’s', () => {
  const naming = rust.filter(([, text]) => /\b(wasm_bindgen|js_sys|web_sys|serde_wasm_bindgen)\b/.test(text)).map(([name]) => name);
  assert.ok(naming.length > 0);
  for (const name of naming) assert.match(name, /^src\/(wasm|fetch)\//);
});

test('unsafe code is where it is said to be, each with its reason', () => {
  const places = ['src/wasm/exports.rs', 'src/wasm/fingerprint.rs', 'src/wasm/node.rs', 'src/wasm/precheck.rs', 'src/wasm/runtime.rs'];
  const found = rust.filter(([, text]) => /\bunsafe\b/.test(text.replaceAll(/\/\/.*/g, '').replaceAll('unsafe_code', '')));
  assert.deepEqual(found.map(([name]) => name).sort(), places);
  for (const [name, text] of found) {
    for (const [allowed] of text.matchAll(/#!?\[allow\(unsafe_code[^\]]*\]/g)) assert.match(allowed, /reason = "/, name);
    const lines = text.split('\n');
    lines.forEach((line, index) => {
      // A block or an implementation; what a trait declares unsafe is explained there.
      if (!/\bunsafe (\{|impl)|= unsafe \{/.test(line)) return;
      const above = lines.slice(Math.max(0, index - 4), index + 1).join('\n');
      assert.match(above, /SAFETY:/, `${name}:${index + 1} has no reason`);
    });
  }
});

test('no panic is written down', () => {
  for (const [name, text] of rust) {
    const [code] = text.split(/#!?\[cfg\(test\)\]/);
    const plain = code.replaceAll(/\/\/.*/g, '');
    assert.doesNotMatch(plain, /\.unwrap\(\)|\.expect\(|\bpanic!|\bunreachable!|\btodo!|\bunimplemented!/, name);
  }
});

test('page and recipes use the package as its users do', async () => {
  for (const folder of ['www/src', 'recipes', 'edge/gateway/src', 'edge/sandbox/src']) {
    for (const [name, text] of await files(folder, /\.(js|jsx|ts|tsx)$/)) {
      for (const [, from] of text.matchAll(/from '([^']*palm-user[^']*)'/g)) assert.match(from, /^palm-user(\/web|\/edge|\/react|-sandbox)?$/, name);
      assert.doesNotMatch(text, /pkg-template|pkg\/dist/, name);
    }
  }
});

test('the package depends on nothing at run time, but for React where palm-user/react is used', async () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(await readFile(path.join(root, 'pkg/package.json'), 'utf8'));
  assert.equal(dependencies, undefined);
  assert.deepEqual([peerDependencies, peerDependenciesMeta], [{ react: '>=18' }, { react: { optional: true } }]);
});

test('every case has a name and a source, and no name twice', async () => {
  for (const [name, text] of await files('tests/cases', /\.json$/)) {
    const { cases } = JSON.parse(text);
    for (const { name: title, source } of cases) assert.ok(title && source, `${name}: ${title}`);
    assert.equal(new Set(cases.map((one) => one.name)).size, cases.length, name);
  }
});
