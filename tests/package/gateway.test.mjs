// The gateway of the packed package, in Node: how it is made, and what only a
// handler of one's own can bring about. tests/workerd attacks the deployed one.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import util from 'node:util';

import { isPalmError, PalmError } from 'palm-user';
import { createGateway } from 'palm-user/edge';

const KEY = 'sk_test_gateway_0000';
const USER = { id: '123e4567-e89b-12d3-a456-426614174000', object: 'user', created_at: '2025-10-24T10:30:00Z', updated_at: '2025-10-24T15:00:00Z', metadata: {}, status: 'active', verification: null };

/** A gateway over an API that answers as it is told; `calls` is what arrived there. */
function setup(options = {}, answer = () => Response.json(USER)) {
  const calls = [];
  const upstream = async (url, init) => {
    calls.push({ url, ...init });
    return answer(url, init);
  };
  const gateway = createGateway({ apiKey: KEY, authorize: () => true, fetch: { fetch: upstream }, ...options });
  return { gateway, calls };
}

const patch = (body = '{"metadata":{"tier":"a planted value"}}', init = {}) =>
  new Request('https://gateway.example.com/v1/user/u1', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body, ...init });

for (const [name, options, said] of [
  ['no options', undefined, /authorize is missing/],
  ['no authorize', { apiKey: KEY }, /authorize is missing/],
  ['authorize that is no function', { apiKey: KEY, authorize: true }, /authorize is missing/],
  ['no key', { authorize: () => true }, /apiKey is missing/],
  ['a misspelt option', { apiKey: KEY, authorize: () => true, allowedOrigin: ['https://a.example'] }, /allowedOrigin is no option/],
  ['any origin', { apiKey: KEY, authorize: () => true, allowedOrigins: ['*'] }, /must be origins/],
  ['an origin with a path', { apiKey: KEY, authorize: () => true, allowedOrigins: ['https://a.example/'] }, /must be origins/],
  ['keys that are no list', { apiKey: KEY, authorize: () => true, allowedMetadataKeys: 'tier' }, /must be a list/],
  ['a limit of nothing', { apiKey: KEY, authorize: () => true, maxBodyBytes: 0 }, /above 0/],
  ['a base path with a slash at its end', { apiKey: KEY, authorize: () => true, basePath: '/api/' }, /basePath/],
  ['a rate limiter that is none', { apiKey: KEY, authorize: () => true, rateLimiter: {} }, /method limit/],
]) {
  test(`it is not made with ${name}`, () => {
    assert.throws(() => createGateway(options), (error) => {
      assert.ok(isPalmError(error, 'invalid_options'));
      assert.match(error.message, said);
      assert.ok(!util.inspect(error).includes(KEY));
      return true;
    });
  });
}

for (const [name, authorize, status] of [
  ['true', () => true, 200],
  ['a promise of true', async () => true, 200],
  ['false', () => false, 403],
  ['what is merely truthy', () => 1, 403],
  ['nothing', () => undefined, 403],
  ['unauthenticated', () => 'unauthenticated', 401],
  ['an exception', () => { throw new Error(`no: ${KEY}`); }, 500],
  ['an exception of this package', () => { throw new PalmError({ code: 'network', message: 'x', outcome: 'unknown' }); }, 502],
]) {
  test(`authorize that answers by ${name}: ${status}`, async () => {
    const { gateway, calls } = setup({ authorize });
    const response = await gateway(patch());
    assert.equal(response.status, status);
    assert.equal(calls.length, status === 200 ? 1 : 0);
    assert.ok(!(await response.text()).includes(KEY));
  });
}

test('authorize is given the request and the ID', async () => {
  let seen;
  const { gateway } = setup({ authorize: (request, userId) => Boolean((seen = { userId, type: request.headers.get('content-type') })) });
  assert.equal((await gateway(patch())).status, 200);
  assert.deepEqual(seen, { userId: 'u1', type: 'application/json' });
});

test('authorize that reads the body is told so, and nothing is sent', async () => {
  const { gateway, calls } = setup({ authorize: async (request) => (await request.text()) !== '' });
  const response = await gateway(patch());
  assert.equal(response.status, 500);
  assert.match((await response.json()).detail, /authorize read the body/);
  assert.deepEqual(calls, []);
});

test('a length that is declared wrongly is counted all the same', async () => {
  const { gateway } = setup({ maxBodyBytes: 100 });
  const body = JSON.stringify({ metadata: { a: 'x'.repeat(200) } });
  assert.equal((await gateway(patch(body, { headers: { 'content-type': 'application/json', 'content-length': '10' } }))).status, 413);
  assert.equal((await gateway(patch(body, { headers: { 'content-type': 'application/json', 'content-length': '1000' } }))).status, 413);
});

test('a slow body: 408, in its time', async () => {
  const { gateway, calls } = setup({ bodyTimeoutMs: 50 });
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"meta')) });
  const response = await gateway(patch(body, { duplex: 'half' }));
  assert.equal(response.status, 408);
  assert.deepEqual(calls, []);
});

test('a body that breaks off: 400', async () => {
  const { gateway, calls } = setup();
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
  assert.equal((await gateway(patch(body, { duplex: 'half' }))).status, 400);
  assert.deepEqual(calls, []);
});

test('a body as long as it may be, and one byte more, whatever its chunks', async () => {
  const { gateway } = setup({ maxBodyBytes: 100 });
  const chunked = (length) => {
    const text = `{"metadata":{"a":"${'x'.repeat(length - 21)}"}}`;
    assert.equal(text.length, length);
    const bytes = [...new TextEncoder().encode(text)];
    return new ReadableStream({ pull: (c) => (bytes.length === 0 ? c.close() : c.enqueue(new Uint8Array(bytes.splice(0, 7)))) });
  };
  assert.equal((await gateway(patch(chunked(100), { duplex: 'half' }))).status, 200);
  assert.equal((await gateway(patch(chunked(101), { duplex: 'half' }))).status, 413);
});

test('a character cut in two by the chunks is whole again', async () => {
  const { gateway, calls } = setup();
  const bytes = new TextEncoder().encode('{"metadata":{"a":"é🙂"}}');
  const body = new ReadableStream({ start: (c) => { for (const byte of bytes) c.enqueue(new Uint8Array([byte])); c.close(); } });
  assert.equal((await gateway(patch(body, { duplex: 'half' }))).status, 200);
  assert.equal(calls[0].body, '{"metadata":{"a":"é🙂"}}');
});

test('no key in the settings is a 500 that says nothing of it', async () => {
  for (const apiKey of ['not a key', () => undefined, () => { throw new Error('vault'); }]) {
    const { gateway, calls } = setup({ apiKey });
    const response = await gateway(patch());
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /key|vault/i);
    assert.deepEqual(calls, []);
  }
});

test('a time-out is a 504, a lost connection and a redirect are 502', async () => {
  for (const [status, answer] of [
    [504, (_, { signal }) => new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason)))],
    [502, () => Promise.reject(new TypeError('fetch failed'))],
    [502, () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    [502, () => new Response('<p>hello', { headers: { 'content-type': 'text/html' } })],
  ]) {
    const { gateway, calls } = setup({ timeoutMs: 50 }, answer);
    assert.equal((await gateway(patch())).status, status);
    assert.equal(calls.length, 1);
  }
});

test("Palm's problem details pass through without what was sent", async () => {
  const problem = { type: 'https://api.getpalm.com/problems/validation_error', title: 'Bad', status: 400, detail: `tier must not be "a planted value" for ${KEY}` };
  const { gateway } = setup({}, () => new Response(JSON.stringify(problem), { status: 400, headers: { 'content-type': 'application/problem+json' } }));
  const text = await (await gateway(patch())).text();
  assert.match(text, /tier must not be/);
  assert.doesNotMatch(text, /planted|sk_test/);
});

test('the same origin needs no list; another one is refused', async () => {
  const { gateway } = setup();
  const from = (origin) => gateway(patch(undefined, { headers: { 'content-type': 'application/json', origin } }));
  assert.equal((await from('https://gateway.example.com')).status, 200);
  assert.equal((await from('http://gateway.example.com')).status, 403);
});

test('the rate limiter is asked by user, after the caller is known', async () => {
  const asked = [];
  const rateLimiter = { limit: async ({ key }) => ({ success: asked.push(key) < 2 }) };
  const { gateway, calls } = setup({ rateLimiter });
  assert.deepEqual([(await gateway(patch())).status, (await gateway(patch())).status], [200, 429]);
  assert.deepEqual(asked, ['u1', 'u1']);
  assert.equal(calls.length, 1);
  const stranger = setup({ rateLimiter, authorize: () => false });
  await stranger.gateway(patch());
  assert.equal(asked.length, 2);
});

test('CommonJS has it too, and shares the errors', async () => {
  const require = createRequire(import.meta.url);
  assert.throws(() => require('palm-user/edge').createGateway({}), (error) => isPalmError(error, 'invalid_options'));
});
