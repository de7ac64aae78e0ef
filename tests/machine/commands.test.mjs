// The commands in checkouts and on machines that are not as expected.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { canList, root, start } from './command.mjs';

const folder = await mkdtemp(path.join(os.tmpdir(), 'palm-user ü '));
after(() => rm(folder, { recursive: true, force: true }));
const isWindows = process.platform === 'win32';

/** What a command says and how it ends. */
async function ran(args, options) {
  const command = start(args, options);
  const code = await command.ended;
  return { code, output: command.output() };
}

/** The least that is a checkout. */
async function checkout(name, settings) {
  const root = path.join(folder, name);
  for (const part of ['xtask/src', 'src', 'pkg-template', '.cargo']) await mkdir(path.join(root, part), { recursive: true });
  const manifest = (crate) => `[package]\nname = "${crate}"\nversion = "0.0.0"\nedition = "2024"\n`;
  await writeFile(path.join(root, 'Cargo.toml'), `${manifest('palm-user')}\n[workspace]\nmembers = ["xtask"]\n`);
  await writeFile(path.join(root, 'src/lib.rs'), '');
  await writeFile(path.join(root, 'xtask/Cargo.toml'), manifest('xtask'));
  await writeFile(path.join(root, 'xtask/src/main.rs'), 'fn main() {}\n');
  await writeFile(path.join(root, '.cargo/config.toml'), settings ?? '');
  return root;
}

test('a command acts on the checkout it is run in, not on the one it was compiled in', async () => {
  const root = await checkout('moved');
  const options = { cwd: path.join(root, 'src'), env: { CARGO_MANIFEST_DIR: path.join(root, 'xtask') } };
  const { code, output } = await ran(['build'], options);
  assert.equal(code, 1);
  assert.match(output, /^error: package-lock\.json is missing/m);
});

test('outside of a checkout that is said', async () => {
  const { code, output } = await ran(['build'], { cwd: folder, env: { CARGO_MANIFEST_DIR: path.join(folder, 'xtask') } });
  assert.equal(code, 1);
  assert.match(output, /^error: this is not a checkout of palm-user/m);
});

test('a taken port is one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const { code, output } = await ran(['demo', '--port', String(port)]);
  server.close();
  assert.equal(code, 1);
  assert.equal(output, `error: port ${port} is taken; choose another with --port, or any free one with --port 0\n`);
});

test('an old Node.js is one line', { skip: isWindows && 'the old one is a shell script' }, async () => {
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  await writeFile(path.join(bin, 'node'), '#!/bin/sh\necho v20.10.0\n', { mode: 0o755 });
  const { code, output } = await ran(['build'], { env: { PATH: `${bin}${path.delimiter}${process.env.PATH}` } });
  assert.equal(code, 1);
  assert.match(output, /^error: Node\.js is v20\.10\.0, which the development tools do not run on; .*\n$/);
});

/** Where programs of the machine are found, but no browser, and nothing that could install one. */
async function withoutBrowser() {
  const bin = path.join(folder, 'no browser');
  await mkdir(bin, { recursive: true });
  for (const name of ['node', 'npm', 'cargo', 'rustc', 'rustup', 'sh', 'env', 'script']) {
    const found = process.env.PATH.split(path.delimiter).map((place) => path.join(place, name)).find((file) => existsSync(file));
    if (found !== undefined) await symlink(found, path.join(bin, name)).catch(() => undefined);
  }
  await writeFile(path.join(bin, 'apt-get'), '#!/bin/sh\nexit 1\n', { mode: 0o755 }).catch(() => undefined);
  const nowhere = 'http://127.0.0.1:1';
  return {
    PATH: bin,
    CHROMIUM: undefined,
    CHROME_BIN: undefined,
    CI: undefined,
    NO_COLOR: undefined,
    PLAYWRIGHT_BROWSERS_PATH: path.join(folder, 'browsers'),
    PLAYWRIGHT_DOWNLOAD_HOST: nowhere,
    npm_config_registry: nowhere,
    npm_config_fetch_retries: '0',
  };
}

const skipBrowser = canList ? false : 'a machine without a browser can be had on Linux alone';

test('without a browser its suites are skipped, in yellow, with what to do', { skip: skipBrowser, timeout: 120_000 }, async () => {
  const { code, output } = await ran(['test', 'deployments', 'apps'], { terminal: true, env: await withoutBrowser() });
  assert.equal(code, 0, output);
  assert.match(output, /no Chromium was found and none could be installed; install Chrome or Chromium, or name one/);
  assert.match(output, /0 passed, 0 failed\u001b\[33m, 2 skipped\u001b\[0m/);
});

test('on a continuous integration server they fail', { skip: skipBrowser, timeout: 120_000 }, async () => {
  const { code, output } = await ran(['test', 'apps'], { env: { ...(await withoutBrowser()), CI: 'true' } });
  assert.equal(code, 1, output);
  assert.match(output, /error: no Chromium was found/);
  assert.match(output, /0 passed, 1 failed\n/);
});

test('two demos at once both succeed', { timeout: 180_000 }, async () => {
  const results = await Promise.all([1, 2].map(() => ran(['demo', '--built', '--once'])));
  for (const { code, output } of results) assert.equal(code, 0, output);
});

test('a checkout behind a link', { skip: isWindows && 'links need rights there', timeout: 120_000 }, async () => {
  const link = path.join(folder, 'link');
  await symlink(root, link);
  const env = { CARGO_MANIFEST_DIR: path.join(link, 'xtask') };
  const { code, output } = await ran(['demo', '--built', '--once'], { cwd: link, env });
  assert.equal(code, 0, output);
});
