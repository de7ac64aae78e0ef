// The examples in Rust as one would run them, against the real sandbox.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

import { startSandbox } from '../../edge/sandbox.mjs';
import { createGateway } from '../../pkg/dist/edge.js';
import { launch } from '../browser/chromium.mjs';

const { CHROMIUM, PALM_USER_AXUM, PALM_USER_PAGE, PALM_USER_WORKER } = process.env;
const KEY = 'sk_test_examples';
let sandbox;
before(async () => (sandbox = await startSandbox()));
after(() => sandbox?.dispose());

/** A user of the sandbox, and what the sandbox has of it. */
async function user() {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const made = await fetch(`${sandbox.url}/v1/user`, { method: 'POST', headers, body: JSON.stringify({ display_name: 'Ada', metadata: { customer_tier: 'basic' } }) });
  const path = made.headers.get('location');
  return { id: path.split('/').at(-1), stored: async () => (await fetch(sandbox.url + path, { headers })).json() };
}

const send = (url, method, token, body) =>
  fetch(url, { method, headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' }, body: body && JSON.stringify(body) });

test('a service on axum', async (t) => {
  const { id, stored } = await user();
  const env = { ...process.env, PORT: '0', PALM_API_KEY: KEY, PALM_BASE_URL: sandbox.url, SESSIONS: JSON.stringify({ ada: id, gone: 'palm_usr_gone' }) };
  const service = spawn(PALM_USER_AXUM, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => service.kill());
  let log = '';
  service.stderr.on('data', (chunk) => (log += chunk));
  const [line] = await once(createInterface({ input: service.stdout }), 'line');
  const url = line.replace('listening on ', '');
  assert.equal((await send(`${url}/me`, 'GET')).status, 401);
  assert.deepEqual(await (await send(`${url}/me`, 'GET', 'ada')).json(), { name: 'Ada', language: null });
  const chosen = await send(`${url}/me/language`, 'PUT', 'ada', { language: 'en' });
  assert.deepEqual(await chosen.json(), { name: 'Ada', language: 'en' });
  assert.deepEqual((await stored()).metadata, { customer_tier: 'basic', language: 'en' });
  const missing = await send(`${url}/me/language`, 'PUT', 'gone', { language: 'Planted' });
  assert.equal(missing.status, 404);
  assert.deepEqual(await missing.json(), { code: 'not_found', may_be_stored: false });
  assert.match(log, /NotFound/);
  assert.doesNotMatch(log, /Planted|sk_test/);
});

test('a Worker in workerd', async (t) => {
  const { id, stored } = await user();
  const entryPoints = [`${PALM_USER_WORKER}/shim.mjs`];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', write: false, external: ['*.wasm', 'cloudflare:*'] });
  const worker = new Miniflare({
    modules: [
      { type: 'ESModule', path: 'shim.mjs', contents: outputFiles[0].text },
      { type: 'CompiledWasm', path: 'worker_bg.wasm', contents: readFileSync(`${PALM_USER_WORKER}/worker_bg.wasm`) },
    ],
    compatibilityDate: '2025-10-01',
    bindings: { PALM_API_KEY: KEY, PALM_BASE_URL: sandbox.url, SESSIONS: JSON.stringify({ ada: id }) },
  });
  t.after(() => worker.dispose());
  const url = new URL('/me', await worker.ready).href;
  assert.equal((await send(url, 'GET')).status, 401);
  assert.deepEqual(await (await send(url, 'GET', 'ada')).json(), { name: 'Ada', language: null });
  const changed = await send(url, 'PATCH', 'ada', { display_name: 'Ada L.', metadata: { language: 'en', customer_tier: 'premium' } });
  assert.deepEqual(await changed.json(), { name: 'Ada L.', language: 'en' });
  assert.deepEqual((await stored()).metadata, { customer_tier: 'basic', language: 'en' }, 'the tier is not the person\'s own');
  const refused = await send(url, 'PATCH', 'ada', { displayName: 'x' });
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).issues[0].pointer, '/displayName');
});

test('a page in Chromium', { skip: CHROMIUM === undefined && 'there is no Chromium' }, async (t) => {
  const { id, stored } = await user();
  const gateway = createGateway({ basePath: '/api/palm', apiKey: KEY, baseUrl: sandbox.url, identify: () => id, writable: { display_name: true } });
  const types = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const server = createServer(async (request, response) => {
    if (!request.url.startsWith('/api/')) {
      const path = request.url === '/' ? '/index.html' : request.url;
      const type = types[path.split('.').at(-1)];
      if (type === undefined) return void response.writeHead(404).end();
      return void response.writeHead(200, { 'content-type': type }).end(readFileSync(PALM_USER_PAGE + path));
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === 'PATCH') await held;
    const { method, headers } = request;
    const body = method === 'PATCH' ? Buffer.concat(chunks) : undefined;
    const answer = await gateway(new Request(`http://${headers.host}${request.url}`, { method, headers, body }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  page.on('console', (message) => console.error(message.text()));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const shows = (name, state) => page.waitForFunction(([name, state]) => document.getElementById('shown').textContent === name && document.getElementById('state').textContent === state, [name, state], { timeout: 10_000 });
  await shows('Ada', 'stored');
  await page.fill('#name', 'Grace');
  await page.press('#name', 'Enter');
  // The server has not answered yet.
  await shows('Grace', 'pending');
  release();
  await shows('Grace', 'stored');
  assert.equal((await stored()).display_name, 'Grace');
});
