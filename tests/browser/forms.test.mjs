// cspell:disable
// Forms that validate by the schemas and submit what those give: react-hook-form, TanStack
// Form and Conform in Chromium, against the sandbox; Hono's validator and tRPC over HTTP.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { serve } from '@hono/node-server';
import { sValidator } from '@hono/standard-validator';
import { createTRPCClient, httpLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { build } from 'esbuild';
import { Hono } from 'hono';
import * as v from 'valibot';

import { startSandbox } from '../../edge/sandbox.mjs';
import { createPatchSchema, defineMetadata, patchSchema } from '../../pkg/dist/index.js';
import { launch } from './chromium.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const metadata = defineMetadata({ customer_tier: v.string(), notes: v.optional(v.pipe(v.string(), v.trim())) }, { writable: ['notes'] });
const own = createPatchSchema({ metadata });

const { outputFiles } = await build({
  entryPoints: [file('./forms-app.jsx')],
  bundle: true,
  write: false,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"development"' },
  alias: { 'palm-user': file('../../pkg/dist/index.js') },
});

const t = initTRPC.create();
const router = t.router({ own: t.procedure.input(own).mutation(({ input }) => input), any: t.procedure.input(patchSchema).mutation(({ input }) => input) });
const app = new Hono()
  .get('/', (c) => c.html('<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>form</title><div id="app"></div><script type="module" src="/app.js"></script></html>'))
  .get('/app.js', (c) => c.body(outputFiles[0].text, 200, { 'content-type': 'text/javascript' }))
  .patch('/own', sValidator('json', own), (c) => c.json(c.req.valid('json')))
  .patch('/any', sValidator('json', patchSchema), (c) => c.json(c.req.valid('json')))
  .all('/trpc/*', (c) => fetchRequestHandler({ endpoint: '/trpc', req: c.req.raw, router }));
const server = await new Promise((resolve) => {
  const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started));
});
const origin = `http://127.0.0.1:${server.address().port}`;
const { url: sandbox, dispose } = await startSandbox();
const browser = await launch();
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await dispose();
});

const headers = { authorization: 'Bearer sk_test_browser', 'content-type': 'application/json' };

for (const [form, name] of Object.entries({ hook: 'react-hook-form', tanstack: 'TanStack Form', conform: 'Conform' })) {
  test(`${name}: messages at their fields, and a patch as the schemas give it`, async () => {
    const made = await fetch(`${sandbox}/v1/user`, { method: 'POST', headers, body: '{"metadata": {"notes": "old", "customer_tier": "basic"}}' });
    const location = made.headers.get('location');
    const user = async () => (await fetch(sandbox + location, { headers })).json();
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`${origin}/?${new URLSearchParams({ form, sandbox, id: location.split('/').at(-1) })}`);
    await page.fill('#name', 'Augusta Ada King');
    await page.fill('#notes', 'much too long a note');
    await page.click('button');
    await page.waitForFunction(() => /zehn/.test(document.body.innerText));
    const shown = (await page.innerText('body')).replaceAll(/\s+/g, ' ');
    assert.match(shown, /Der Text ist 16 Zeichen lang, erlaubt sind 12\..*Höchstens zehn Zeichen\./);
    assert.equal((await user()).metadata.notes, 'old', 'nothing was sent');
    await page.fill('#name', 'Ada King');
    await page.fill('#notes', '  hello ');
    await page.click('button');
    await page.waitForFunction(() => document.title !== 'form');
    assert.equal(await page.title(), 'stored');
    const { display_name, metadata } = await user();
    assert.deepEqual([display_name, metadata], ['Ada King', { notes: 'hello', customer_tier: 'basic' }]);
    // An empty input removes the key, where the schema says so.
    await page.evaluate(() => (document.title = 'form'));
    await page.fill('#notes', '');
    await page.click('button');
    await page.waitForFunction(() => document.title !== 'form');
    assert.deepEqual([await page.title(), problems], ['stored', []]);
    if (form !== 'conform') assert.deepEqual((await user()).metadata, { customer_tier: 'basic' });
    await page.close();
  });
}

test('patchSchema in react-hook-form', async () => {
  const made = await fetch(`${sandbox}/v1/user`, { method: 'POST', headers, body: '{}' });
  const location = made.headers.get('location');
  const page = await browser.newPage();
  await page.goto(`${origin}/?${new URLSearchParams({ form: 'any', sandbox, id: location.split('/').at(-1) })}`);
  await page.fill('#notes', 'hi');
  await page.click('button');
  await page.waitForFunction(() => document.title !== 'form');
  assert.equal((await (await fetch(sandbox + location, { headers })).json()).metadata.notes, 'hi');
  await page.close();
});

describe("Hono's validator", () => {
  const patch = async (path, body) => {
    const answer = await fetch(origin + path, { method: 'PATCH', headers, body: JSON.stringify(body) });
    return [answer.status, await answer.json()];
  };

  test('gives the handler what the schemas give', async () => {
    assert.deepEqual(await patch('/own', { metadata: { notes: ' hi ' }, display_name: 'Ada' }), [200, { metadata: { notes: 'hi' }, display_name: 'Ada' }]);
    assert.deepEqual(await patch('/any', { metadata: { any: 'key' } }), [200, { metadata: { any: 'key' } }]);
  });

  test('refuses the rest by 400', async () => {
    const [status, body] = await patch('/own', { metadata: { customer_tier: 'premium' } });
    assert.equal(status, 400);
    assert.match(JSON.stringify(body), /This field may not be changed here\./);
    assert.equal((await patch('/any', { displayName: 'Ada' }))[0], 400);
  });
});

test('tRPC: input is what the schemas give, or a BAD_REQUEST', async () => {
  const client = createTRPCClient({ links: [httpLink({ url: `${origin}/trpc` })] });
  assert.deepEqual(await client.own.mutate({ metadata: { notes: ' hi ' } }), { metadata: { notes: 'hi' } });
  assert.deepEqual(await client.any.mutate({ metadata: { any: 'key' } }), { metadata: { any: 'key' } });
  await assert.rejects(client.own.mutate({ metadata: { customer_tier: 'premium' } }), ({ data }) => data.code === 'BAD_REQUEST');
});
