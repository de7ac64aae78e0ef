// The gateway where it is deployed, as a person in Chromium meets it: sign in, read,
// edit; the session expires; edit: the page says to sign in, and nothing is lost.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { SignJWT } from 'jose';
import { createServer as createVite } from 'vite';

import { launch } from '../browser/chromium.mjs';
import { buildNext, serveNext } from '../consumers/next.mjs';
import { KEY, sandbox } from '../workerd/client.mjs';
import { bundlePage, installPackage, makeApp, root, startProgram } from './app.mjs';
import { startTlsProxy } from './tls-proxy.mjs';

const SECRET = 'the-secret-of-the-deployments-longer-than-32-bytes';
const SIGNED_OUT = 'signed_out: Nobody is signed in, or the session has expired. Sign in again.';
const PUBLIC = 'https://app.example.test';
const RECIPES = { 'gateway.js': 'gateway.js', 'session.js': 'session/signed-cookie.js' };

const palm = await sandbox();
const person = await palm.create({ metadata: { notes: 'first', customer_tier: 'basic' }, vault: { 'identity.first_name': 'Planted-Vault' } });
const variables = { PALM_API_KEY: KEY, PALM_BASE_URL: palm.url, SESSION_SECRET: SECRET, PERSON: person.id };

// What each deployment prints: the log that a person's data must not reach.
const logs = [];
const cleanups = [palm.dispose];
const started = (program) => {
  logs.push(program.lines);
  cleanups.unshift(program.close);
  return program.url;
};

/** The places where the gateway is deployed: what starts each, and where a browser finds it. */
const places = {};
let browser;
let elsewhere;

before(async () => {
  await installPackage();
  const hono = await makeApp('hono', { ...RECIPES, 'hono.js': 'hono.js' });
  await bundlePage(hono, 'dist/main.js');
  const program = (env) => startProgram(hono, ['server.js'], { ...variables, ...env });
  const [behindProxy, plain, next, worker] = await Promise.all([program({ PUBLIC_ORIGIN: PUBLIC }).then(started), program().then(started), startNext(), startWrangler()]);

  const proxy = await startTlsProxy('app.example.test', behindProxy);
  const unset = await startTlsProxy('unset.example.test', plain);
  cleanups.unshift(proxy.close, unset.close);
  const { port } = new URL(plain);

  process.env.BACKEND = plain;
  const folder = await makeApp('vite');
  const vite = await createVite({ root: folder, logLevel: 'error', cacheDir: path.join(folder, 'cache') });
  cleanups.unshift(() => vite.close());
  await vite.listen(0);
  const { port: vitePort } = vite.httpServer.address();

  Object.assign(places, {
    'Node.js (Hono) behind a proxy that ends TLS, with publicOrigin': PUBLIC,
    'the same without it': 'https://unset.example.test',
    'Next.js, started on 127.0.0.1 and opened as localhost': next.replace('127.0.0.1', 'localhost'),
    "Vite's proxy in its shorthand": `http://localhost:${vitePort}`,
    'workerd (wrangler dev)': worker.replace('127.0.0.1', 'localhost'),
  });
  const rules = [`MAP app.example.test:443 127.0.0.1:${proxy.port}`, `MAP unset.example.test:443 127.0.0.1:${unset.port}`, `MAP phone.example.test 127.0.0.1:${port}`];
  browser = await launch([`--host-resolver-rules=${rules.join(',')}`]);
  cleanups.unshift(() => browser.close());
  elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">')).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  cleanups.unshift(() => elsewhere.close());
}, { timeout: 240_000 });

after(async () => {
  for (const clean of cleanups) await clean();
});

async function startNext() {
  const folder = await makeApp('next', { ...RECIPES, 'app/api/palm/[...path]/route.js': 'next-route.js' });
  await buildNext(folder);
  return started(await serveNext(folder, variables));
}

async function startWrangler() {
  const folder = await makeApp('workerd', RECIPES);
  await bundlePage(folder, 'public/main.js');
  await cp(path.join(folder, 'index.html'), path.join(folder, 'public/index.html'));
  await writeFile(path.join(folder, '.dev.vars'), Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join(''));
  const wrangler = path.join(root, 'node_modules/wrangler/bin/wrangler.js');
  const env = { WRANGLER_SEND_METRICS: 'false', CI: '1', WRANGLER_LOG_PATH: path.join(folder, 'logs') };
  return started(await startProgram(folder, [wrangler, 'dev', '--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0'], env, /http:\/\/127\.0\.0\.1:\d+/));
}

const stored = async () => (await palm.get(person.id)).body.metadata;
const PLACES = [
  'Node.js (Hono) behind a proxy that ends TLS, with publicOrigin',
  'the same without it',
  'Next.js, started on 127.0.0.1 and opened as localhost',
  "Vite's proxy in its shorthand",
  'workerd (wrangler dev)',
];

for (const place of PLACES) {
  test(place, { timeout: 60_000 }, async () => {
    const origin = places[place];
    await palm.patch(person.id, { metadata: { notes: 'first' } });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    const status = async (text) => {
      const isThere = (text) => document.getElementById('status')?.textContent === text;
      const found = await page.waitForFunction(isThere, text, { timeout: 10_000 }).catch(() => undefined);
      assert.ok(found !== undefined, `the page says ${await page.textContent('#status')} and not ${text}`);
    };
    const notes = () => page.inputValue('#notes');
    const edit = async (text) => {
      await page.fill('#notes', text);
      await page.press('#notes', 'Tab');
    };
    try {
      await page.goto(origin);
      await status(SIGNED_OUT);

      await page.click('#sign-in');
      await status('saved');
      assert.equal(await notes(), 'first');

      await edit('second');
      await status('saved');
      assert.equal((await stored()).notes, 'second');

      // The session as it is an hour later.
      const { domain, value, ...cookie } = (await context.cookies()).find(({ name }) => name === '__Host-session');
      assert.ok(cookie.httpOnly && cookie.secure && value.length > 0);
      const expired = await new SignJWT({ palm_id: person.id }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('-1s').sign(new TextEncoder().encode(SECRET));
      const { name } = cookie;
      await context.addCookies([{ name, value: expired, url: origin.replace('http:', 'https:'), secure: true, httpOnly: true, sameSite: 'Lax' }]);

      await edit('third');
      await status(SIGNED_OUT);
      assert.equal(await notes(), 'third', 'on screen as it was typed');
      assert.equal((await stored()).notes, 'second');

      await page.click('#sign-in');
      await status('saved');
      assert.equal(await notes(), 'third');
      assert.equal((await stored()).notes, 'third', 'nothing was lost');

      // What is not the person's own: neither changed nor shown.
      const own = await page.evaluate(async () => {
        const send = (body) => fetch('/api/palm/v1/user/me', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body });
        const refused = await send('{"metadata":{"customer_tier":"premium"}}');
        return [refused.status, (await refused.json()).code, await (await fetch('/api/palm/v1/user/me')).text()];
      });
      assert.deepEqual(own.slice(0, 2), [422, 'field_not_allowed']);
      assert.doesNotMatch(own[2], /customer_tier|Planted-Vault/);
      assert.equal((await stored()).customer_tier, 'basic');

      // Another site, with the person's cookie at hand.
      const foreign = await context.newPage();
      await foreign.goto(`http://localhost:${elsewhere.address().port}/`);
      const tried = await foreign.evaluate(async (target) => {
        const attempt = (init) => fetch(target, { credentials: 'include', ...init }).then((response) => response.type, () => 'refused');
        const body = '{"metadata":{"notes":"stolen"}}';
        return [
          await attempt({ method: 'PATCH', headers: { 'content-type': 'application/json' }, body }),
          await attempt({}),
          await attempt({ method: 'POST', mode: 'no-cors', body }),
        ];
      }, `${origin}/api/palm/v1/user/me`);
      assert.deepEqual(tried.slice(0, 2), ['refused', 'refused']);
      assert.equal((await stored()).notes, 'third');
      assert.deepEqual(errors, []);
    } finally {
      await context.close();
    }
  });
}

test('a phone on the LAN: plain http, no fetch metadata, the page and the gateway on one host', async () => {
  const page = await browser.newPage();
  try {
    await page.goto('http://phone.example.test/');
    await page.waitForFunction((text) => document.getElementById('status')?.textContent === text, SIGNED_OUT);
  } finally {
    await page.close();
  }
});

test('no log has a value, a session or a key in it', () => {
  const log = logs.flat().join('');
  assert.match(log, /requestId/, 'the gateways wrote their events');
  for (const secret of ['second', 'third', 'stolen', 'Planted-Vault', 'eyJ', KEY, SECRET]) assert.ok(!log.includes(secret), secret);
});
