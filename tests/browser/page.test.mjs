// `palm-user/web` in Chromium: a plain page under a strict content security
// policy, calling the real sandbox on another origin.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { startSandbox } from '../../edge/sandbox.mjs';

const sandbox = await startSandbox();
const TYPES = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };
// No inline script, no eval: the module may be compiled, and that is all.
const POLICY = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${sandbox.url}`;

const server = createServer(async (request, response) => {
  const name = request.url === '/' ? 'index.html' : request.url.slice(1);
  const folder = name.startsWith('dist/') ? '../../pkg/' : './';
  try {
    const body = await readFile(fileURLToPath(new URL(folder + name, import.meta.url)));
    response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)], 'content-security-policy': POLICY });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
after(async () => {
  await browser.close();
  server.close();
  await sandbox.dispose();
});

const KEY = 'sk_test_browser';
const created = await fetch(`${sandbox.url}/v1/user`, {
  method: 'POST',
  headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  body: '{"metadata": {"customer_tier": "basic"}}',
});
const id = created.headers.get('location').split('/').at(-1);

const page = await browser.newPage();
const messages = [];
page.on('console', (message) => messages.push(message.text()));
page.on('pageerror', (error) => messages.push(String(error)));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => globalThis.palm !== undefined);

/** Calls updateUser in the page; gives what it gave, or the error's own account. */
const update = (patch, options) =>
  page.evaluate(
    ([id, patch, options]) =>
      globalThis.palm.updateUser(id, patch, options).then(
        (user) => ({ user }),
        (error) => ({ error: JSON.parse(JSON.stringify(error)), isPalmError: globalThis.palm.isPalmError(error) }),
      ),
    [id, patch, options],
  );
const options = { apiKey: KEY, baseUrl: sandbox.url, dangerouslyAllowBrowser: true, maxRetries: 0 };

test('the module is compiled under a strict policy, and no policy is violated', async () => {
  assert.equal(await page.evaluate(() => globalThis.palm.fingerprint('abc').slice(0, 8)), 'ba7816bf');
  assert.equal(await page.evaluate(() => globalThis.violations), 0);
  assert.deepEqual(messages, []);
});

test('a user is updated across origins: the preflight passes', async () => {
  const { user, error } = await update({ metadata: { customer_tier: 'premium' } }, options);
  assert.equal(error, undefined);
  assert.equal(user.metadata.customer_tier, 'premium');
});

test('a key is refused unless it is allowed', async () => {
  const { error, isPalmError } = await update({}, { ...options, dangerouslyAllowBrowser: false });
  assert.ok(isPalmError);
  assert.deepEqual([error.code, error.outcome], ['unsafe_environment', 'not_sent']);
});

for (const [fault, code, outcome] of [
  ['status=404', 'not_found', 'rejected'],
  ['status=429; retry-after=120', 'rate_limited', 'rejected'],
  ['status=500', 'server_error', 'unknown'],
  ['drop=after', 'network', 'unknown'],
  ['body=html', 'bad_response', 'applied'],
]) {
  test(`${fault} in a browser`, async () => {
    const { error } = await update({ metadata: { a: 'x' } }, { ...options, headers: { 'sandbox-fault': fault } });
    assert.deepEqual([error.code, error.outcome], [code, outcome]);
    if (code === 'rate_limited') assert.equal(error.retryAfterMs, 120_000);
    if (code === 'not_found') assert.equal(error.problem.status, 404);
  });
}

test('a stalled body times out in a browser', async () => {
  const { error } = await update({}, { ...options, timeoutMs: 300, headers: { 'sandbox-fault': 'body=stall' } });
  assert.deepEqual([error.code, error.outcome], ['timeout', 'unknown']);
});

test('the store shows an edit in the turn it is made, and is confirmed', async () => {
  const seen = await page.evaluate(
    async ([id, options]) => {
      const { createUserStore, updateUser } = globalThis.palm;
      const user = await updateUser(id, { metadata: { customer_tier: 'basic' } }, options);
      const send = (_, patch, { signal }) => updateUser(id, patch, { ...options, signal, headers: { 'sandbox-latency-ms': '300' } });
      const store = createUserStore({ user, send });
      const edit = store.edit({ metadata: { customer_tier: 'gold' } });
      const shown = store.getSnapshot();
      const confirmed = await edit;
      return [shown.user.metadata.customer_tier, shown.confirmed.metadata.customer_tier, confirmed.metadata.customer_tier, store.getSnapshot().pending.length];
    },
    [id, options],
  );
  assert.deepEqual(seen, ['gold', 'basic', 'gold', 0]);
});
