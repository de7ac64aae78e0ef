// What several files say of the project, they say alike.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../..');
const read = (file) => readFile(path.join(root, file), 'utf8');

test('crate and packages name one repository and one version', async () => {
  const cargo = await read('Cargo.toml');
  const [, url] = /^repository = "([^"]+)"/m.exec(cargo);
  const [, released] = /^version = "([^"]+)"/m.exec(cargo);
  for (const folder of ['pkg', 'pkg-sandbox']) {
    const { repository, homepage, bugs, keywords, version, license, funding } = JSON.parse(await read(`${folder}/package.json`));
    assert.deepEqual([repository, homepage, bugs], [{ type: 'git', url: `git+${url}.git` }, `${url}#readme`, { url: `${url}/issues` }]);
    assert.deepEqual([version, license, funding], [released, 'MIT OR Apache-2.0', undefined]);
    assert.ok(keywords.length >= 5, folder);
  }
  assert.match(cargo, /^keywords = \["/m);
});

test('the floors of Node.js are those that README.md and CONTRIBUTING.md promise', async () => {
  const { engines } = JSON.parse(await read('package.json'));
  assert.equal(engines.node, '^20.19.0 || ^22.12.0 || >=24.0.0');
  for (const file of ['README.md', 'CONTRIBUTING.md']) assert.match(await read(file), /20\.19, 22\.12, 24 or newer/, file);
  const setup = await read('xtask/src/setup.rs');
  assert.match(setup, /\[\(20, 19\), \(22, 12\), \(24, 0\)\]/);
  const published = JSON.parse(await read('pkg/package.json')).engines.node;
  const [, major, minor] = /^>=(\d+)\.(\d+)\.0$/.exec(published);
  assert.match(await read('docs/guide/loading.md'), new RegExp(`tests run on ${major}\\.${minor}, the oldest`));
});

test('the oldest Rust is the one that is promised', async () => {
  const [, oldest] = /^rust-version = "([^"]+)"/m.exec(await read('Cargo.toml'));
  for (const file of ['docs/guide/rust.md', 'src/README.md']) {
    assert.match(await read(file), new RegExp(`Rust ${oldest.replace('.', '\\.')} or newer`), file);
  }
});

test('one line names the repository: all else is made of it, or relative', async () => {
  const [, url] = /^repository = "([^"]+)"/m.exec(await read('Cargo.toml'));
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((file) => /\.(md|json|html|toml|ya?ml|[cm]?[jt]sx?|rs)$/.test(file));
  const naming = [];
  // A file may have been deleted and not yet committed.
  for (const file of tracked) if ((await read(file).catch(() => '')).includes(url)) naming.push(file);
  assert.deepEqual(naming, ['Cargo.toml']);
  const addresses = (await read('pkg/README.md')).match(/https:\/\/github\.com\/[\w-]+\/[\w-]+/g);
  assert.deepEqual([...new Set(addresses)], [url]);
});

test('npm shows no command of the repository, and only absolute addresses', async () => {
  const text = await read('pkg/README.md');
  assert.doesNotMatch(text, /cargo xtask|\{\{/);
  for (const [, address] of text.matchAll(/\]\(([^)]+)\)/g)) assert.match(address, /^https:\/\//);
});
