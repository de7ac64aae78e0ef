// The packed sandbox in test runners, a mock server, a page and a service worker.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';

import { build } from 'esbuild';

import { launch } from '../browser/chromium.mjs';
import { install, root } from './install.mjs';

const execute = promisify(execFile);
const folder = path.join(root, 'target/consumers-sandbox');
const tool = (name) => path.join(root, 'node_modules', name);
const env = { ...process.env, CI: 'true', NO_COLOR: '1' };
delete env.NODE_TEST_CONTEXT;

before(async () => {
  await install(folder, ['pkg', 'pkg-sandbox']);
  for (const from of [path.join(import.meta.dirname, 'projects/sandbox'), path.join(root, 'recipes/sandbox')]) await cp(from, folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private": true, "type": "module"}\n');
});

test('one palm-user is installed, and nothing else', async () => {
  const { dependencies } = JSON.parse(await readFile(path.join(folder, 'node_modules/palm-user-sandbox/package.json'), 'utf8'));
  assert.deepEqual(Object.keys(dependencies), ['palm-user']);
  await assert.rejects(readFile(path.join(folder, 'node_modules/palm-user-sandbox/node_modules/palm-user/package.json')));
});

test('Vitest', () => execute(process.execPath, [tool('vitest/vitest.mjs'), 'run', 'vitest.test.js'], { cwd: folder, env }));

test('Jest', () => execute(process.execPath, [tool('jest/bin/jest.js'), '--rootDir', folder, '--testMatch', '**/jest.test.cjs'], { cwd: folder, env }));

test('a script', async () => {
  assert.equal((await execute(process.execPath, ['call.js'], { cwd: folder, env })).stdout, 'Ada Lovelace\n');
});

test('MSW', () => execute(process.execPath, ['--test', 'msw.test.js'], { cwd: folder, env }));

test('a page, and a service worker', { skip: process.env.PALM_USER_NO_BROWSER ?? false, timeout: 60_000 }, async () => {
  const options = { bundle: true, format: 'esm', absWorkingDir: folder, logLevel: 'warning' };
  await build({ ...options, entryPoints: ['page.js'], outfile: 'site/bundle.js' });
  await build({ ...options, entryPoints: ['service-worker.js'], outfile: 'site/service-worker.js' });
  await cp(path.join(folder, 'index.html'), path.join(folder, 'site/index.html'));
  const server = createServer(async ({ url }, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1);
    const file = await readFile(path.join(folder, 'site', name)).catch(() => undefined);
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': name.endsWith('.js') ? 'text/javascript' : 'text/html' }).end(file);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => globalThis.result === 'ready');
    const expected = { shown: 'Ada Lovelace', confirmed: 'Ada Lovelace', stored: 'Ada Lovelace', fault: 'timeout' };
    assert.deepEqual(await page.evaluate(() => globalThis.inPage()), expected);
    assert.deepEqual(await page.evaluate(() => globalThis.behindServiceWorker()), expected);
  } finally {
    await browser.close();
    server.close();
  }
});
