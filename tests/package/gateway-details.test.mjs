// Details of the gateway that faults put in on purpose were not noticed in
// (`cargo xtask mutate gateway`).

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { createGateway } from 'palm-user/edge';

const USER = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:00:00Z',
  metadata: {},
  status: 'active',
};
const ORIGIN = 'https://app.example.com';

function setup(options = {}) {
  const events = [];
  const gateway = createGateway({
    apiKey: 'sk_test_0',
    identify: () => 'palm_usr_1',
    writable: { metadata: ['notes'] },
    allowedOrigins: [ORIGIN],
    onRequest: (event) => void events.push(event),
    fetch: async () => Response.json(USER),
    ...options,
  });
  return { gateway, events };
}

const get = (headers = {}) => new Request('https://gateway.example.com/v1/user/me', { headers });
const patch = (body) =>
  new Request('https://gateway.example.com/v1/user/me', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body });

/** What is said on the console meanwhile. */
async function said(run) {
  const lines = [];
  const { error } = console;
  console.error = (...parts) => void lines.push(parts.join(' '));
  try {
    await run();
  } finally {
    console.error = error;
  }
  return lines;
}

test('limits hold for changes, and reads take none', async () => {
  const { gateway, events } = setup({ limits: { maxValueLength: 3 } });
  assert.equal((await gateway(get())).status, 200);
  assert.equal((await gateway(patch('{"metadata":{"notes":"abc"}}'))).status, 200);
  assert.equal((await gateway(patch('{"metadata":{"notes":"abcd"}}'))).status, 400);
  assert.deepEqual(events.map(({ code }) => code), [undefined, undefined, 'invalid_patch']);
});

test('cookies of other origins are allowed by cors.credentials alone', async () => {
  const header = async (options) => (await setup(options).gateway(get({ origin: ORIGIN }))).headers.get('access-control-allow-credentials');
  assert.equal(await header({}), null);
  assert.equal(await header({ cors: { credentials: false } }), null);
  assert.equal(await header({ cors: { credentials: true } }), 'true');
});

test('a hook that never answers is a 503', { timeout: 20_000 }, async () => {
  const { gateway, events } = setup({ identify: () => new Promise(() => {}), hookTimeoutMs: 20 });
  // The limit does not keep a process alive; a timer of ours does.
  const alive = setInterval(() => {}, 1000);
  const response = await gateway(get());
  clearInterval(alive);
  assert.equal(response.status, 503);
  assert.equal(events[0].hook, 'identify');
});

test('an onRequest that takes its time needs no waitUntil, and is not complained of', async () => {
  for (const context of [undefined, {}, { waitUntil: 'of another framework' }]) {
    const { gateway } = setup({ onRequest: async () => {} });
    assert.deepEqual(await said(async () => assert.equal((await gateway(get(), context)).status, 200)), []);
  }
});

test('an event has an error only where there is one', async () => {
  const { gateway, events } = setup();
  await gateway(patch('{'));
  assert.equal(events[0].code, 'invalid_patch');
  assert.ok(!Object.hasOwn(events[0], 'error'));
});

test('a number is one number: the digits after its point are no whole number of their own', async () => {
  const { gateway } = setup();
  const status = async (value) => (await gateway(patch(`{"metadata": {"notes": ${value}}}`))).status;
  assert.equal(await status('0.9007199254740993'), 200);
  assert.equal(await status('-0.09007199254740993'), 200);
  assert.equal(await status('9007199254740993'), 400);
  assert.equal(await status('-9007199254740993'), 400);
});

for (const [name, options] of Object.entries({
  'visible.verification': { visible: { verification: 1 } },
  'visible.fingerprints': { visible: { fingerprints: 1 } },
  'visible.metadata': { visible: { metadata: 1 } },
  'visible.vault': { visible: { vault: 1 } },
  'writable.metadata': { writable: { metadata: 1 } },
  'writable.display_name': { writable: { display_name: 1 } },
  'cors.credentials': { cors: { credentials: 1 } },
  'cors.allowedHeaders': { cors: { allowedHeaders: 1 } },
  allowedOrigins: { allowedOrigins: 1 },
  publicOrigin: { publicOrigin: 1 },
  maxBodyBytes: { maxBodyBytes: -1 },
  bodyTimeoutMs: { bodyTimeoutMs: -1 },
  hookTimeoutMs: { hookTimeoutMs: 0.5 },
  basePath: { basePath: 1 },
  identify: { identify: 1 },
  authorize: { authorize: 1 },
  check: { check: 1 },
  clientAddress: { clientAddress: 1 },
  onRequest: { onRequest: 1 },
  apiKey: { apiKey: 1 },
  rateLimiter: { rateLimiter: 1 },
})) {
  test(`the error of a wrong option names it: ${name}`, () => {
    const starts = new RegExp(`^${name.replace('.', '\\.')} must `);
    assert.throws(() => setup(options), ({ code, message }) => code === 'invalid_options' && starts.test(message));
  });
}

for (const [option, members] of [['visible', 'metadata, vault, verification, fingerprints'], ['writable', 'metadata, display_name'], ['cors', 'credentials, allowedHeaders']]) {
  test(`a misspelt member of ${option} is told with those there are`, () => {
    assert.throws(() => setup({ [option]: { metaData: true } }), ({ message }) => message === `${option} has no metaData; known are ${members}.`);
  });
}

// What Palm answers, and what the page hears of it: Palm's own words never.
for (const [status, expected] of [
  [400, '400 bad_request'],
  [401, '502 palm_refused_key'],
  [404, '404 not_found'],
  [409, '409 conflict'],
  [429, '429 rate_limited'],
  [500, '500 server_error'],
  [503, '503 server_error'],
  [302, '502 bad_response'],
]) {
  test(`Palm answers ${status}`, async () => {
    const { gateway, events } = setup({ fetch: async () => Response.json({ title: 'planted', detail: 'planted' }, { status }) });
    const answer = await gateway(patch('{"metadata":{"notes":"a"}}'));
    const problem = await answer.json();
    assert.equal(`${answer.status} ${problem.code}`, expected);
    assert.equal(problem.status, answer.status);
    assert.ok(problem.title.length > 5 && problem.detail.length > 5, JSON.stringify(problem));
    assert.doesNotMatch(JSON.stringify(problem), /planted/);
    assert.deepEqual([events[0].status, events[0].upstreamStatus], [answer.status, status]);
  });
}

test('the duration is no longer than the request', async () => {
  const { gateway, events } = setup();
  const start = performance.now();
  await gateway(get());
  const { durationMs } = events[0];
  // Its clock may count whole milliseconds.
  assert.ok(durationMs >= 0 && durationMs <= performance.now() - start + 2, String(durationMs));
});

test("the documentation's refusal is the one that is answered", async () => {
  const text = await readFile(path.join(process.env.PALM_USER_ROOT, 'docs/gateway.md'), 'utf8');
  const documented = JSON.parse(/```json\n([^]*?)```/.exec(text)[1]);
  const request = patch('{"metadata":{"customer_tier":"premium"}}');
  request.headers.set('x-request-id', documented.request_id);
  const answer = await setup().gateway(request);
  assert.equal(answer.status, documented.status);
  assert.deepEqual(await answer.json(), documented);
});
