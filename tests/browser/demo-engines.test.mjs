// The demo page in Chromium, Firefox and WebKit: with its server, and as static files without one.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startSandbox } from '../../edge/sandbox.mjs';
import { engines } from './engines.mjs';

const dist = new URL('../../www/dist/', import.meta.url);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2' };
const [policy] = (await readFile(new URL('_headers', dist), 'utf8')).match(/(?<=Content-Security-Policy: ).*/);

/** A host of files and nothing else, with the page in a folder. */
const asked = [];
const files = createServer(async (request, response) => {
  asked.push(`${request.method} ${request.url}`);
  const name = decodeURIComponent(request.url.split('?')[0]).replace(/^\/some\/folder\//, '').replace(/^$/, 'index.html');
  const body = name.startsWith('/') ? undefined : await readFile(fileURLToPath(new URL(name, dist))).catch(() => undefined);
  if (body === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream', 'content-security-policy': policy }).end(body);
}).listen(0, '127.0.0.1');
await once(files, 'listening');
const hosts = { server: await startSandbox({ page: true }), memory: { url: `http://127.0.0.1:${files.address().port}/some/folder/` } };
const started = await Promise.all(engines.map(async ({ name, launch }) => ({ name, browser: await launch() })));
after(async () => {
  await Promise.all(started.map(({ browser }) => browser.close()));
  await hosts.server.dispose();
  files.close();
});

const read = () => ({
  usual: document.querySelector('.usual .verdict b')?.textContent,
  palm: document.querySelector('.palm .verdict b')?.textContent,
  shown: ['usual', 'palm'].map((side) => document.querySelector(`.${side} [data-row=language] :checked`)?.value),
  server: document.querySelector('[data-testid=server]')?.textContent,
});
/** Waits, longer than Playwright's and WebDriver's calls do on their own. */
async function until(page, condition, argument) {
  for (let left = 3; left > 0; left -= 1) {
    const isThere = await page.waitForFunction(condition, argument).then(() => true, () => false);
    if (isThere) return;
  }
  assert.fail(`${condition} of ${JSON.stringify(await page.evaluate(read))}`);
}

for (const { name, browser } of started) {
  // One tab for both: WebKit's driver opens a second one behind the first, where nothing plays unseen.
  let page;
  for (const [kind, { url }] of Object.entries(hosts)) {
    test(`${name}, ${kind}: it plays by itself, one screen lies, and says where the users are`, async () => {
      if (page === undefined) page = await browser.page(url);
      else await page.goto(url);
      await until(page, () => document.querySelector('.caption')?.dataset.state === 'over');
      await until(page, () => document.querySelector('.usual .verdict b').textContent === 'This screen is wrong.');
      await until(page, () => document.querySelector('.palm .verdict b').textContent === 'Matches the server.');
      await until(page, () => document.querySelector('#duplicates') !== null);
      const { shown, server } = await page.evaluate(read);
      assert.deepEqual(shown, ['en', 'de']);
      assert.match(server, kind === 'server' ? /^This page talks to the sandbox at/ : /^This page has no server/);

      // By hand, on the left screen: both take it.
      await page.evaluate(() => document.querySelector('.usual input[value=fr]').click());
      await until(page, () => ['.usual', '.palm'].every((side) => document.querySelector(`${side} [data-row=language] :checked`)?.value === 'fr' && document.querySelector(`${side} .verdict b`).textContent === 'Matches the server.'));

      // After a reload the user is the same, and nothing plays.
      await page.reload();
      await until(page, () => document.querySelector('.screens:not([inert]) .palm input[value=fr]:checked') !== null);

      // What is below the screens is loaded after them.
      await until(page, () => document.querySelector('#duplicates') !== null);
      await page.evaluate(() => [...document.querySelectorAll('button')].find((button) => button.textContent === 'Try a sample').click());
      await until(page, () => /^\d of 1?\d values repeat/.test(document.querySelector('[data-testid=found]')?.textContent ?? ''));
      for (const message of browser.messages ?? []) assert.doesNotMatch(message, /Content.Security.Policy|Uncaught|TypeError/i);
    });
  }
}

test('as static files it asks its host for files alone', () => {
  assert.ok(asked.length > 0);
  assert.deepEqual(asked.filter((request) => !/^GET \/some\/folder\/($|\?|sandbox\.json$|favicon\.svg$|assets\/)/.test(request) && request !== 'GET /favicon.ico'), []);
});
