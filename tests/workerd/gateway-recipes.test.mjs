// The guide's recipes for the gateway, in the frameworks themselves, the sandbox behind them.

import assert from 'node:assert/strict';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { startNext } from '../consumers/next.mjs';
import { KEY, sandbox } from './client.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const app = path.join(root, 'target/recipes');
const RECIPES = ['gateway', 'hono', 'next-route', 'tanstack-start-route'];

const palm = await sandbox();
after(palm.dispose);
const { id } = await palm.create({ metadata: { notes: 'old', customer_tier: 'basic' } });
process.env.PALM_API_KEY = KEY;
process.env.PALM_BASE_URL = palm.url;

// A folder such as a user has: the package installed, the recipes in their places.
await rm(app, { recursive: true, force: true });
const route = path.join(app, 'app/api/palm/[...path]');
await mkdir(route, { recursive: true });
await cp(path.join(root, 'pkg'), path.join(app, 'node_modules/palm-user'), { recursive: true });
for (const name of ['gateway', 'hono', 'tanstack-start-route']) await cp(path.join(root, `recipes/${name}.js`), path.join(app, `${name}.js`));
await cp(path.join(root, 'recipes/next-route.js'), path.join(route, 'route.js'));
await writeFile(path.join(app, 'package.json'), '{"private": true, "type": "module"}\n');
await writeFile(path.join(app, 'session.js'), "export const identify = async (request) => request.headers.get('x-test-user') ?? undefined;\n");

/** What every one of them must do; `send` takes a Request to the framework. */
async function check(send, origin = 'http://127.0.0.1') {
  const patch = (user, metadata, { as = 'me', headers = {} } = {}) =>
    send(new Request(`${origin}/api/palm/v1/user/${as}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', ...(user && { 'x-test-user': user }), ...headers },
      body: JSON.stringify({ metadata }),
    }));
  const stored = await patch(id, { notes: 'new' });
  assert.equal(stored.status, 200, await stored.clone().text());
  assert.deepEqual((await stored.json()).metadata, { notes: 'new' }, 'what is not named is not shown');
  const read = await send(new Request(`${origin}/api/palm/v1/user/me`, { headers: { 'x-test-user': id } }));
  assert.deepEqual((await read.json()).metadata, { notes: 'new' });
  const head = await send(new Request(`${origin}/api/palm/v1/user/me`, { method: 'HEAD', headers: { 'x-test-user': id } }));
  assert.equal(head.status, 200);
  assert.equal((await patch(undefined, { notes: 'a' })).status, 401);
  assert.equal((await patch('palm_usr_somebody_else', { notes: 'a' }, { as: id })).status, 403);
  assert.equal((await patch(id, { customer_tier: 'premium' })).status, 422);
  const refused = await patch(id, { notes: 12 }, { headers: { 'content-type': 'text/plain' } });
  assert.equal(refused.status, 415);
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual((await palm.get(id)).body.metadata, { notes: 'new', customer_tier: 'basic' });
  await palm.patch(id, { metadata: { notes: 'old' } });
}

test('Hono', async () => {
  const { app: hono } = await import(pathToFileURL(path.join(app, 'hono.js')));
  await check((request) => hono.fetch(request));
});

// TanStack Start itself wants Node.js 22: here its route is called as it calls it.
test('the route of TanStack Start', async () => {
  const { Route } = await import(pathToFileURL(path.join(app, 'tanstack-start-route.js')));
  await check((request) => Route.options.server.handlers.ANY({ request, params: {}, context: {} }));
});

test('Next.js, built and started', { timeout: 240_000 }, async () => {
  const next = await startNext(app, {});
  try {
    await check((request) => fetch(request), next.url);
  } finally {
    next.stop();
  }
});
