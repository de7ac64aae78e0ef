// The gateway of the packed package, in Node: how it is made, and what only a
// handler of one's own can bring about. tests/workerd attacks the deployed one.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import util from 'node:util';

import { isPalmError, PalmError } from 'palm-user';
import { createGateway } from 'palm-user/edge';

const KEY = 'sk_test_gateway_0000';
const METADATA = { notes: 'call back', language: 'en', customer_tier: 'premium', __proto__: null };
const USER = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:00:00Z',
  metadata: { ...METADATA },
  status: 'active',
  verification: { id: '550e8400-e29b-41d4-a716-446655440000', risk_level: 'low' },
  display_name: 'Ada',
  email_fingerprint: 'f7c3bc1d',
  phone_fingerprint: 'a8d4bc2e',
  vault: { 'identity.first_name': 'Ada', 'identity.last_name': 'Lovelace' },
  added_later: 'by the API',
};
const OWN = 'palm_usr_1';

/** A gateway over an API that answers as it is told; `calls` is what arrived there, `events` what was told. */
function setup(options = {}, answer = () => Response.json(USER)) {
  const calls = [];
  const events = [];
  const upstream = async (url, init) => {
    calls.push({ url, ...init });
    return answer(url, init);
  };
  const given = {
    apiKey: KEY,
    identify: () => OWN,
    writable: { metadata: ['notes', 'language'], display_name: true },
    onRequest: (event) => void events.push(event),
    fetch: { fetch: upstream },
    ...options,
  };
  const gateway = createGateway(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  return { gateway, calls, events };
}

const URL_OF = (id = 'me') => `https://gateway.example.com/v1/user/${id}`;
const BODY = '{"metadata":{"notes":"a planted value"}}';
const patch = (body = BODY, { id, headers = {}, ...init } = {}) =>
  new Request(URL_OF(id), { method: 'PATCH', headers: { 'content-type': 'application/json', ...headers }, body, ...init });
const get = ({ id, headers = {}, ...init } = {}) => new Request(URL_OF(id), { headers, ...init });

/** What a refusal says, in one line. */
async function refusal(response) {
  const { code, status, issues = [] } = await response.json();
  assert.equal(status, response.status);
  return [status, code, ...issues.map((issue) => `${issue.code} ${issue.pointer}`)].join(' ');
}

for (const [name, options, said] of [
  ['no options', undefined, /must be an object/],
  ['nobody to say who is signed in', { identify: undefined }, /identify is missing/],
  ['identify that is no function', { identify: 'me' }, /identify must be a function/],
  ['authorize that is no function', { authorize: true }, /authorize must be a function/],
  ['no key', { apiKey: undefined }, /apiKey is missing/],
  ['a key that is none', { apiKey: 12 }, /apiKey must be/],
  ['a misspelt option', { allowedOrigin: ['https://a.example'] }, /has no allowedOrigin/],
  ['any origin', { allowedOrigins: ['*'] }, /exact origins.*may be a function/],
  ['a pattern for an origin', { allowedOrigins: ['https://*.example.com'] }, /exact origins.*may be a function/],
  ['an origin with a path', { allowedOrigins: ['https://a.example/'] }, /exact origins/],
  ['an origin in capitals', { publicOrigin: 'https://A.example' }, /publicOrigin must be exact origins/],
  ['an origin that is none', { publicOrigin: 'a.example' }, /publicOrigin must be exact origins/],
  ['writable keys that are no list', { writable: { metadata: 'notes' } }, /must be a list/],
  ['a misspelt member of writable', { writable: { displayName: true } }, /writable has no displayName/],
  ['a misspelt member of visible', { visible: { risk: true } }, /visible has no risk/],
  ['a flag that is none', { cors: { credentials: 'yes' } }, /true or false/],
  ['any header', { cors: { allowedHeaders: ['*'] } }, /names of headers/],
  ['two headers in one', { cors: { allowedHeaders: ['x-a, x-b'] } }, /names of headers/],
  ['a limit of nothing', { maxBodyBytes: 0 }, /from 1/],
  ['a time limit without end', { hookTimeoutMs: Infinity }, /from 1/],
  ['a base path with a slash at its end', { basePath: '/api/' }, /basePath/],
  ['a rate limiter that is none', { rateLimiter: {} }, /method limit/],
  ['a rate limiter that is null', { rateLimiter: null }, /method limit/],
]) {
  test(`it is not made with ${name}`, () => {
    const make = () => (options === undefined ? createGateway() : setup(options));
    assert.throws(make, (error) => {
      assert.ok(isPalmError(error, 'invalid_options'));
      assert.match(error.message, said);
      assert.ok(!util.inspect(error).includes(KEY));
      return true;
    });
  });
}

const DB_DOWN = new Error('db down');
for (const [name, options, id, expected, hook] of [
  ['identify: me', {}, 'me', 200],
  ['identify: the ID of whoever is signed in', {}, OWN, 200],
  ['identify: another ID', {}, 'palm_usr_2', '403 not_allowed'],
  ['identify: nobody', { identify: async () => undefined }, 'me', '401 signed_out'],
  ['identify: nobody, as null', { identify: () => null }, OWN, '401 signed_out'],
  ['identify: an empty ID', { identify: () => '' }, 'me', '500 gateway_failed', 'identify'],
  ['identify: an ID with a slash', { identify: () => '../admin' }, 'me', '500 gateway_failed', 'identify'],
  ['identify: a step in the path', { identify: () => '..' }, 'me', '500 gateway_failed', 'identify'],
  ['identify: what is no text', { identify: () => ({ id: OWN }) }, 'me', '500 gateway_failed', 'identify'],
  ['identify: an exception', { identify: () => { throw DB_DOWN; } }, 'me', '500 gateway_failed', 'identify'],
  ['identify: it reads the body', { identify: async (request) => (await request.text()) && OWN }, 'me', '500 gateway_failed', 'identify'],
  ['authorize: true', { identify: undefined, authorize: () => true }, OWN, 200],
  ['authorize: a promise of true', { identify: undefined, authorize: async () => true }, OWN, 200],
  ['authorize: false', { identify: undefined, authorize: () => false }, OWN, '403 not_allowed'],
  ['authorize: what is merely truthy', { identify: undefined, authorize: () => 1 }, OWN, '403 not_allowed'],
  ['authorize: nothing', { identify: undefined, authorize: () => undefined }, OWN, '403 not_allowed'],
  ['authorize: unauthenticated', { identify: undefined, authorize: () => 'unauthenticated' }, OWN, '401 signed_out'],
  ['authorize: an exception', { identify: undefined, authorize: async () => { throw DB_DOWN; } }, OWN, '500 gateway_failed', 'authorize'],
  ['authorize: nothing thrown', { identify: undefined, authorize: async () => { throw undefined; } }, OWN, '500 gateway_failed', 'authorize'],
  ['authorize: me is nobody’s ID', { identify: undefined, authorize: () => true }, 'me', '404 route_not_found'],
  ['both: another ID', { authorize: (_, userId) => userId === 'palm_usr_2' }, 'palm_usr_2', 200],
  ['both: a third ID', { authorize: (_, userId) => userId === 'palm_usr_2' }, 'palm_usr_3', '403 not_allowed'],
  ['both: nobody, me', { identify: () => undefined, authorize: () => true }, 'me', '401 signed_out'],
]) {
  test(`who: ${name}`, async () => {
    const { gateway, calls, events } = setup(options);
    const response = await gateway(patch(undefined, { id }));
    if (expected === 200) assert.equal(response.status, 200);
    else assert.equal(await refusal(response), expected);
    assert.deepEqual(calls.map(({ url }) => url), expected === 200 ? [`https://api.getpalm.com/v1/user/${id === 'me' ? OWN : id}`] : []);
    assert.equal(events[0].hook, hook);
    assert.equal(events[0].error !== undefined, hook !== undefined);
    if (String(options.identify ?? options.authorize).includes('DB_DOWN')) assert.equal(events[0].error, DB_DOWN);
  });
}

test('authorize is told the request, the ID and the action', async () => {
  const seen = [];
  const { gateway } = setup({ identify: undefined, authorize: (request, ...rest) => seen.push([request.method, ...rest]) > 0 });
  await gateway(patch(undefined, { id: 'u1' }));
  await gateway(get({ id: 'u1' }));
  await gateway(get({ id: 'u1', method: 'HEAD' }));
  assert.deepEqual(seen, [['PATCH', 'u1', 'update'], ['GET', 'u1', 'read'], ['HEAD', 'u1', 'read']]);
});

for (const [name, writable, body, expected] of [
  ['nothing unless it is named', undefined, BODY, '422 field_not_allowed field_not_allowed /metadata/notes'],
  ['nor the name', undefined, '{"display_name":"Eve"}', '422 field_not_allowed field_not_allowed /display_name'],
  ['a key of the server', { metadata: ['notes'] }, '{"metadata":{"notes":"a","customer_tier":"premium"}}', '422 field_not_allowed field_not_allowed /metadata/customer_tier'],
  ['to remove a key of the server', { metadata: ['notes'] }, '{"metadata":{"customer_tier":null}}', '422 field_not_allowed field_not_allowed /metadata/customer_tier'],
  ['a key that every object has', { metadata: ['notes'] }, '{"metadata":{"toString":"a"}}', '400 invalid_patch unsafe_key /metadata/toString'],
  ['the name, where only keys are named', { metadata: ['notes'] }, '{"display_name":"Eve"}', '422 field_not_allowed field_not_allowed /display_name'],
  ['what is named', { metadata: ['notes'], display_name: true }, '{"metadata":{"notes":null},"display_name":"Eve"}', 200],
  ['an empty patch', undefined, '{}', 200],
]) {
  test(`writable: ${name}`, async () => {
    const { gateway, calls } = setup({ writable });
    const response = await gateway(patch(body));
    if (expected === 200) assert.equal(response.status, 200, await response.clone().text());
    else assert.equal(await refusal(response), expected);
    assert.equal(calls.length, expected === 200 ? 1 : 0);
  });
}

const { metadata: _, vault: __, verification: ___, email_fingerprint: ____, phone_fingerprint: _____, added_later: ______, ...SAFE } = USER;
for (const [name, visible, expected] of [
  ['what is safe', undefined, { ...SAFE, metadata: { notes: 'call back', language: 'en' } }],
  ['further keys', { metadata: ['customer_tier'] }, { ...SAFE, metadata: { notes: 'call back', language: 'en', customer_tier: 'premium' } }],
  ['everything', { metadata: 'all', vault: 'all', verification: true, fingerprints: true }, (({ added_later, ...rest }) => rest)(USER)],
  ['a field of the vault', { vault: ['identity.first_name'] }, { ...SAFE, metadata: { notes: 'call back', language: 'en' }, vault: { 'identity.first_name': 'Ada' } }],
]) {
  test(`visible: ${name}, read and written alike`, async () => {
    const { gateway } = setup({ visible });
    for (const request of [get(), patch()]) assert.deepEqual(await (await gateway(request)).json(), JSON.parse(JSON.stringify(expected)));
  });
}

test('HEAD answers as GET does, without a body', async () => {
  const { gateway, calls } = setup();
  const response = await gateway(get({ method: 'HEAD' }));
  assert.deepEqual([response.status, response.headers.get('content-type'), await response.text()], [200, 'application/json', '']);
  assert.equal(calls[0].method, 'GET');
});

test('check: rules of one’s own, which may read the user', async () => {
  const check = async (sent, { userId, current, request }) => {
    const [user] = await Promise.all([current(), current()]);
    sent.metadata.notes = 'written to by the hook';
    return user.metadata.customer_tier === 'premium' && request.method === 'PATCH' && userId === OWN
      ? [{ path: ['metadata', 'notes'], message: 'Notes are closed.' }]
      : [];
  };
  const { gateway, calls, events } = setup({ check });
  const response = await gateway(patch());
  assert.deepEqual((await response.clone().json()).issues, [{ code: 'custom', path: ['metadata', 'notes'], pointer: '/metadata/notes', message: 'Notes are closed.' }]);
  assert.equal(await refusal(response), '400 invalid_patch custom /metadata/notes');
  assert.deepEqual(calls.map(({ method }) => method), ['GET'], 'read once, and nothing was sent');
  assert.deepEqual(events[0].fields, ['metadata.notes']);
  const { gateway: other, calls: sent } = setup({ check: (given) => void (given.metadata.notes = 'other') });
  assert.equal((await other(patch())).status, 200);
  assert.equal(sent[0].body, BODY, 'what was checked is what is sent');
});

for (const [name, check, expected] of [
  ['an exception', () => { throw DB_DOWN; }, '500 gateway_failed'],
  ['true', () => true, '500 gateway_failed'],
  ['an issue without a message', () => [{ path: [] }], '500 gateway_failed'],
  ['issues that are null', () => [null], '500 gateway_failed'],
  ['Palm, which cannot be reached', (_patch, { current }) => current().then(() => []), '502 palm_unreachable'],
]) {
  test(`check that gives ${name}: ${expected}`, async () => {
    const { gateway, events } = setup({ check }, () => Promise.reject(new TypeError('fetch failed')));
    assert.equal(await refusal(await gateway(patch())), expected);
    assert.ok(events[0].error);
  });
}

test('what a hook throws is a 500 and reaches the event alone, a PalmError too', async () => {
  const thrown = new PalmError({ code: 'invalid_patch', message: `planted ${KEY}`, outcome: 'unknown', status: 404, problem: { detail: 'planted' }, issues: [] });
  const hook = () => { throw thrown; };
  for (const options of [
    { identify: hook }, { identify: undefined, authorize: hook }, { apiKey: hook }, { check: hook }, { rateLimiter: { limit: hook } },
    { allowedOrigins: hook }, { rateLimiter: { limit: () => ({ success: true }) }, clientAddress: hook, identify: () => undefined },
  ]) {
    const { gateway, calls, events } = setup(options);
    const response = await gateway(patch(undefined, { id: OWN, headers: { origin: 'https://a.example' } }).clone());
    const asked = options.allowedOrigins ? response : await gateway(patch(undefined, { id: OWN }));
    const text = await asked.clone().text();
    assert.equal(await refusal(asked), '500 gateway_failed', JSON.stringify(Object.keys(options)));
    assert.doesNotMatch(text, /planted|sk_test/);
    assert.equal(events.at(-1).error, thrown);
    assert.equal(events.at(-1).hook, Object.keys(options).find((name) => options[name] === hook || options[name]?.limit === hook));
    assert.deepEqual(calls, []);
  }
});

test('all hooks of a request share one time limit', async () => {
  const slow = (value) => () => new Promise((resolve) => setTimeout(resolve, 60, value));
  const { gateway, events, calls } = setup({ identify: slow(OWN), apiKey: slow(KEY), check: slow(undefined), hookTimeoutMs: 150 });
  assert.equal(await refusal(await gateway(patch())), '503 gateway_failed');
  assert.match(events[0].error.message, /did not finish within hookTimeoutMs \(150\)/);
  assert.deepEqual(calls, []);
  const never = setup({ identify: () => new Promise(() => {}), hookTimeoutMs: 20 });
  assert.equal((await never.gateway(patch())).status, 503);
});

test('a key that is missing fails clearly, in the log alone', async () => {
  for (const [apiKey, said] of [['not a key', /sk_test_/], ['', /sk_test_/], [() => undefined, /apiKey is undefined/], [async () => undefined, /apiKey is undefined/], [() => 12, /string/]]) {
    const { gateway, calls, events } = setup({ apiKey });
    for (const request of [patch(), get()]) {
      const response = await gateway(request);
      assert.equal(response.status, 500);
      assert.doesNotMatch(await response.text(), /apiKey|sk_test/);
    }
    assert.match(events[0].error.message, said);
    assert.deepEqual(calls, []);
  }
  const { PALM_API_KEY } = {};
  const gateway = createGateway({ apiKey: PALM_API_KEY, identify: () => OWN, onRequest: () => {} });
  assert.equal((await gateway(get())).status, 500);
});

test('the event: once a request, with names and no values', async () => {
  const { gateway, events } = setup({}, () => Response.json(USER, { headers: { 'x-request-id': 'palm-7' } }));
  const requestId = (await gateway(patch())).headers.get('x-request-id');
  const { durationMs, ...event } = events[0];
  assert.ok(durationMs >= 0);
  assert.deepEqual(event, { requestId, action: 'update', userId: OWN, status: 200, outcome: 'applied', upstreamStatus: 200, upstreamRequestId: 'palm-7', fields: ['metadata.notes'] });
  await gateway(get());
  assert.deepEqual([events[1].action, events[1].outcome, events[1].status], ['read', undefined, 200]);
  await gateway(new Request(URL_OF(), { method: 'OPTIONS' }));
  assert.equal(events[2].action, 'preflight');
  await gateway(new Request('https://gateway.example.com/', { method: 'DELETE' }));
  assert.deepEqual([events[3].action, events[3].code], ['refused', 'route_not_found']);
  assert.equal(events.length, 4);
});

test('the event: waitUntil where the platform has it, and no failure of the answer', async () => {
  const waited = [];
  const context = { waitUntil: (promise) => waited.push(promise) };
  let told = 0;
  for (const onRequest of [() => { told++; throw DB_DOWN; }, async () => { told++; throw DB_DOWN; }, async () => { told++; }]) {
    const { gateway } = setup({ onRequest });
    assert.equal((await gateway(get(), context)).status, 200);
    assert.equal((await gateway(get(), { params: {} })).status, 200);
  }
  assert.equal(told, 6);
  assert.equal(waited.length, 2);
  await Promise.all(waited);
});

for (const [name, headers, expected] of [
  ['x-request-id', { 'x-request-id': 'abc-123' }, 'abc-123'],
  ['traceparent', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, '0af7651916cd43dd8448eb211c80319c'],
  ['one of its own', {}, /^[\da-f]{8}-[\da-f-]{27}$/],
  ['one of its own for 1,001 characters', { 'x-request-id': 'a'.repeat(1001) }, /^[\da-f]{8}-[\da-f-]{27}$/],
  ['one of its own for what is no ID', { 'x-request-id': '<script>' }, /^[\da-f]{8}-[\da-f-]{27}$/],
  ['one of its own for a trace of zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, /^[\da-f]{8}-[\da-f-]{27}$/],
]) {
  test(`the request ID: ${name}`, async () => {
    const { gateway, calls, events } = setup();
    const response = await gateway(get({ headers }));
    const id = response.headers.get('x-request-id');
    if (expected instanceof RegExp) assert.match(id, expected);
    else assert.equal(id, expected);
    assert.deepEqual([calls[0].headers['x-request-id'], events[0].requestId], [id, id]);
    const refused = await gateway(new Request(URL_OF('x/y'), { headers }));
    assert.equal((await refused.json()).request_id, refused.headers.get('x-request-id'));
  });
}

test('a length that is declared wrongly is counted all the same', async () => {
  const { gateway } = setup({ maxBodyBytes: 100 });
  const body = JSON.stringify({ metadata: { notes: 'x'.repeat(200) } });
  for (const length of ['10', '1000', '-1', 'x']) {
    assert.equal(await refusal(await gateway(patch(body, { headers: { 'content-length': length } }))), '413 too_large');
  }
});

test('a slow body: 408, in its time', async () => {
  const { gateway, calls } = setup({ bodyTimeoutMs: 50 });
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"meta')) });
  assert.equal(await refusal(await gateway(patch(body, { duplex: 'half' }))), '408 timeout');
  assert.deepEqual(calls, []);
});

test('a body that breaks off: 400', async () => {
  const { gateway, calls } = setup();
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
  assert.equal(await refusal(await gateway(patch(body, { duplex: 'half' }))), '400 bad_request');
  assert.deepEqual(calls, []);
});

test('a body as long as it may be, and one byte more, whatever its chunks', async () => {
  const { gateway } = setup({ maxBodyBytes: 100 });
  const chunked = (length) => {
    const text = `{"metadata":{"notes":"${'x'.repeat(length - 25)}"}}`;
    assert.equal(text.length, length);
    const bytes = [...new TextEncoder().encode(text)];
    return new ReadableStream({ pull: (c) => (bytes.length === 0 ? c.close() : c.enqueue(new Uint8Array(bytes.splice(0, 7)))) });
  };
  assert.equal((await gateway(patch(chunked(100), { duplex: 'half' }))).status, 200);
  assert.equal((await gateway(patch(chunked(101), { duplex: 'half' }))).status, 413);
});

test('a character cut in two by the chunks is whole again', async () => {
  const { gateway, calls } = setup();
  const bytes = new TextEncoder().encode('{"metadata":{"notes":"é🙂"}}');
  const body = new ReadableStream({ start: (c) => { for (const byte of bytes) c.enqueue(new Uint8Array([byte])); c.close(); } });
  assert.equal((await gateway(patch(body, { duplex: 'half' }))).status, 200);
  assert.equal(calls[0].body, '{"metadata":{"notes":"é🙂"}}');
});

test('strings of 10 MB under a raised limit', async () => {
  const { gateway, calls } = setup({ maxBodyBytes: 64 * 2 ** 20 });
  for (const notes of ['x'.repeat(10 * 2 ** 20), '"\\'.repeat(5 * 2 ** 20)]) {
    const body = JSON.stringify({ metadata: { notes } });
    const response = await gateway(patch(body));
    assert.equal(response.status, 200, await response.text());
    assert.ok(calls.at(-1).body === body);
  }
  const twice = await gateway(patch(`{"metadata":{"notes":"${'\\"'.repeat(5 * 2 ** 20)}","notes":"a"}}`));
  assert.equal(await refusal(twice), '400 invalid_patch duplicate_key /metadata/notes');
});

for (const [name, body, expected] of [
  ['2^53 - 1', '{"metadata":{"notes":9007199254740991}}', 200],
  ['-(2^53 - 1), and fractions', '{"metadata":{"notes":[-9007199254740991,0.1,1e-7,0]}}', 200],
  ['2^53', '{"metadata":{"notes":9007199254740992}}', '400 invalid_patch unsafe_integer /metadata/notes'],
  ['2^53 + 1 in depth', '{"metadata":{"notes":{"a":[1,{"b":9007199254740993}]}}}', '400 invalid_patch unsafe_integer /metadata/notes/a/1/b'],
  ['a negative one', '{"metadata":{"notes":-12345678901234567890}}', '400 invalid_patch unsafe_integer /metadata/notes'],
  ['one in other clothes', '{"metadata":{"notes":9007199254740993.0}}', '400 invalid_patch unsafe_integer /metadata/notes'],
  ['beyond every number', '{"metadata":{"notes":1e400}}', '400 invalid_patch not_json /metadata/notes'],
  ['digits in a text', '{"metadata":{"notes":"12345678901234567890, \\"12345678901234567890"}}', 200],
  ['digits in a key', '{"metadata":{"notes":{"12345678901234567890":"12345678901234567890"}}}', 200],
]) {
  test(`whole numbers: ${name}`, async () => {
    const { gateway, calls } = setup();
    const response = await gateway(patch(body));
    if (expected === 200) assert.deepEqual(JSON.parse(calls[0].body), JSON.parse(body));
    else assert.equal(await refusal(response), expected);
  });
}

const problem = (status, headers = {}) =>
  Response.json({ type: 'urn:palm-user:signed_out', code: 'signed_out', title: 'planted', status, detail: `planted ${KEY}`, issues: [{ code: 'x', path: [], message: 'planted' }] }, { status, headers: { 'content-type': 'application/problem+json', ...headers } });
for (const [name, answer, expected, outcome] of [
  ['400', () => problem(400), '400 bad_request', 'rejected'],
  ['401', () => problem(401), '502 palm_refused_key', 'rejected'],
  ['403', () => problem(403), '502 palm_refused_key', 'rejected'],
  ['404', () => problem(404), '404 not_found', 'rejected'],
  ['408', () => problem(408), '504 palm_timeout', 'unknown'],
  ['409', () => problem(409), '409 conflict', 'rejected'],
  ['412', () => problem(412), '412 conflict', 'rejected'],
  ['422', () => problem(422), '422 bad_request', 'rejected'],
  ['429', () => problem(429, { 'retry-after': '7' }), '429 rate_limited', 'rejected'],
  ['500', () => problem(500), '500 server_error', 'unknown'],
  ['503', () => problem(503, { 'retry-after': '3' }), '503 server_error', 'unknown'],
  ['silence', (_url, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))), '504 palm_timeout', 'unknown'],
  ['a lost connection', () => Promise.reject(new TypeError('fetch failed: planted')), '502 palm_unreachable', 'unknown'],
  ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://planted.example' } }), '502 bad_response', 'unknown'],
  ['a page', () => new Response('<p>planted', { headers: { 'content-type': 'text/html' } }), '502 bad_response', 'applied'],
]) {
  test(`Palm answers by ${name}: ${expected}`, async () => {
    const { gateway, calls, events } = setup({ timeoutMs: 50 }, answer);
    const response = await gateway(patch());
    const text = await response.clone().text();
    assert.equal(await refusal(response), expected);
    assert.doesNotMatch(text, /planted|sk_test/, 'Palm’s words stay here');
    const { type, outcome: told, issues } = JSON.parse(text);
    assert.deepEqual([type, told, issues], [`urn:palm-user:${expected.split(' ')[1]}`, outcome, undefined]);
    assert.deepEqual([events[0].outcome, events[0].upstreamStatus], [outcome, /^\d+$/.test(name) ? Number(name) : events[0].upstreamStatus]);
    assert.equal(calls.length, 1, 'the gateway does not retry: its caller does');
    const read = JSON.parse(await (await gateway(get())).text());
    assert.equal(read.outcome, 'rejected', 'a read changes nothing');
  });
}

test('a client that goes away ends a read, and not a change', async () => {
  const gone = new AbortController();
  let aborted = 0;
  const slow = (_url, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => { aborted++; reject(signal.reason); });
    setTimeout(() => { gone.abort(); setTimeout(resolve, 50, Response.json(USER)); }, 20);
  });
  const { gateway, events } = setup({}, slow);
  assert.equal(await refusal(await gateway(get({ signal: gone.signal }))), '499 aborted');
  assert.equal(aborted, 1);
  assert.equal((await gateway(patch(undefined, { signal: gone.signal }))).status, 200);
  assert.deepEqual(events.map(({ code, outcome }) => [code, outcome]), [['aborted', 'rejected'], [undefined, 'applied']]);
});

const SAME = { origin: 'https://gateway.example.com' };
const APP = 'https://app.example.com';
const PUBLIC = { publicOrigin: APP };
const LIST = { allowedOrigins: [APP] };
for (const [name, options, headers, allowed] of [
  // The rows of the table in docs/gateway.md.
  ['1: the public origin', PUBLIC, { origin: APP }, true],
  ['1: one of several', { publicOrigin: ['https://www.example.com', APP] }, { origin: APP }, true],
  ['1: an allowed one beside it', { publicOrigin: 'https://www.example.com', ...LIST }, { origin: APP, 'sec-fetch-site': 'cross-site' }, true],
  ['1: another than the public one, though the browser says it is the same (DNS rebinding)', PUBLIC, { ...SAME, 'sec-fetch-site': 'same-origin' }, false],
  ['1: a forwarded host is not believed', PUBLIC, { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }, false],
  ['2: the same origin, behind a proxy with another name', {}, { origin: 'https://elsewhere.example', 'sec-fetch-site': 'same-origin' }, true],
  ['2: nobody’s page', {}, { 'sec-fetch-site': 'none' }, true],
  ['2: without Origin, and with publicOrigin', PUBLIC, { 'sec-fetch-site': 'same-origin' }, true],
  ['3: another site', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, false],
  ['3: another site that says it is the host', {}, { ...SAME, 'sec-fetch-site': 'cross-site' }, false],
  ['3: a sibling', {}, { origin: 'https://blog.example.com', 'sec-fetch-site': 'same-site' }, false],
  ['3: an allowed sibling', LIST, { origin: APP, 'sec-fetch-site': 'same-site' }, true],
  ['3: an image on another site', LIST, { 'sec-fetch-site': 'cross-site' }, false],
  ['3: a value that there is not', {}, { ...SAME, 'sec-fetch-site': 'trust-me' }, false],
  ['4: the own host', {}, SAME, true],
  ['4: the own host, where a proxy ended TLS', {}, { origin: 'http://gateway.example.com' }, true],
  ['4: the own host by the Host header', {}, { origin: 'http://localhost:3000', host: 'localhost:3000' }, true],
  ['4: the own host with its default port', {}, { origin: 'https://example.org', host: 'example.org:443' }, true],
  ['4: another port', {}, { origin: 'https://gateway.example.com:8443' }, false],
  ['4: a host that starts alike', {}, { origin: 'https://gateway.example.com.evil.example' }, false],
  ['4: a forwarded host', {}, { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }, false],
  ['4: null', {}, { origin: 'null' }, false],
  ['4: what is no URL', {}, { origin: 'gateway.example.com' }, false],
  ['4: an allowed one', LIST, { origin: APP }, true],
  ['4: a function that knows it', { allowedOrigins: (origin) => origin.endsWith('.example.com') }, { origin: 'https://preview-7.example.com' }, true],
  ['4: a function that does not', { allowedOrigins: () => false }, { origin: APP }, false],
  ['5: no sign of a browser', PUBLIC, {}, true],
]) {
  test(`origin, row ${name}: ${allowed ? 'on' : 403}`, async () => {
    const { gateway, calls, events } = setup(options);
    const response = await gateway(patch(undefined, { headers }));
    assert.equal(response.headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.equal(response.headers.get('vary'), 'origin, sec-fetch-site');
    if (allowed) {
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('access-control-allow-origin'), headers.origin ?? null);
    } else {
      assert.equal(await refusal(response), '403 origin_not_allowed');
      assert.equal(response.headers.get('access-control-allow-origin'), null, 'no page may read why');
      const { message } = events[0].error;
      assert.ok(message.includes(headers.origin ?? '(none)') && message.includes(options.publicOrigin ?? 'https://gateway.example.com'), message);
      assert.match(message, options.publicOrigin ? /publicOrigin or allowedOrigins/ : /set publicOrigin.*allowedOrigins/);
      assert.deepEqual(calls, []);
    }
  });
}

test('an answer of allowedOrigins that is none refuses', async () => {
  for (const answer of [undefined, 1, 'yes', Promise.resolve(true)]) {
    const { gateway } = setup({ allowedOrigins: () => answer });
    assert.equal(await refusal(await gateway(patch(undefined, { headers: { origin: APP } }))), '500 gateway_failed');
  }
});

test('a preflight, with cookies and headers of one’s own', async () => {
  const { gateway, calls } = setup({ ...LIST, cors: { credentials: true, allowedHeaders: ['X-CSRF-Token'] } });
  const ask = (origin) => gateway(new Request(URL_OF(), { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PATCH', 'sec-fetch-site': 'cross-site' } }));
  const { status, headers } = await ask(APP);
  assert.equal(status, 204);
  const names = ['allow-origin', 'allow-methods', 'allow-headers', 'allow-credentials'];
  assert.deepEqual(
    names.map((name) => headers.get(`access-control-${name}`)),
    [APP, 'GET, HEAD, PATCH', 'authorization, content-type, traceparent, x-request-id, x-csrf-token', 'true'],
  );
  const foreign = await ask('https://evil.example');
  assert.equal(foreign.status, 403);
  assert.equal(foreign.headers.get('access-control-allow-credentials'), null);
  assert.deepEqual(calls, []);
});

test('the rate limiter is asked by user, and by address for those who are refused', async () => {
  const asked = [];
  const rateLimiter = { limit: async ({ key }) => ({ success: asked.push(key) < 3 }) };
  const { gateway, calls } = setup({ rateLimiter, clientAddress: (request) => request.headers.get('cf-connecting-ip') });
  assert.deepEqual([(await gateway(patch())).status, (await gateway(get())).status, (await gateway(patch())).status], [200, 200, 429]);
  assert.deepEqual(asked, [OWN, OWN, OWN]);
  assert.equal(calls.length, 2);
  const stranger = setup({ rateLimiter, identify: () => undefined, clientAddress: (request) => request.headers.get('cf-connecting-ip') });
  assert.equal(await refusal(await stranger.gateway(patch(undefined, { headers: { 'cf-connecting-ip': '192.0.2.7' } }))), '429 rate_limited');
  assert.equal(asked.at(-1), 'refused:192.0.2.7');
  const other = setup({ rateLimiter: { limit: ({ key }) => ({ success: asked.push(key) > 0 }) } });
  assert.equal(await refusal(await other.gateway(patch(undefined, { id: 'palm_usr_2', headers: { 'x-forwarded-for': '192.0.2.7' } }))), '403 not_allowed');
  assert.equal(asked.at(-1), 'refused:', 'no header is believed unless an option names it');
});

test('a limiter that does not answer as one fails closed', async () => {
  for (const answer of [undefined, null, true, {}, { success: 1 }]) {
    const { gateway, calls, events } = setup({ rateLimiter: { limit: () => answer } });
    assert.equal(await refusal(await gateway(patch())), '500 gateway_failed');
    assert.equal(events[0].hook, 'rateLimiter');
    assert.deepEqual(calls, []);
  }
});

test('what is inherited is no option', async () => {
  const evil = { baseUrl: 'https://evil.example', authorize: () => true, check: () => { throw DB_DOWN; }, publicOrigin: 'https://evil.example', allowedOrigins: ['https://evil.example'], rateLimiter: {}, metadata: 'all', vault: 'all', totalTimeoutMs: 1 };
  Object.assign(Object.prototype, evil);
  try {
    const { gateway, calls } = setup();
    const user = JSON.parse(await (await gateway(patch())).text());
    assert.equal(Object.hasOwn(user, 'vault'), false);
    assert.equal(Object.hasOwn(user.metadata, 'customer_tier'), false);
    assert.equal(calls[0].url, `https://api.getpalm.com/v1/user/${OWN}`);
    assert.equal((await gateway(patch(undefined, { id: 'palm_usr_2' }))).status, 403);
    assert.equal((await gateway(patch(undefined, { headers: { origin: 'https://evil.example' } }))).status, 403);
  } finally {
    for (const name of Object.keys(evil)) delete Object.prototype[name];
  }
});

test('CommonJS has it too, and shares the errors', async () => {
  const require = createRequire(import.meta.url);
  assert.throws(() => require('palm-user/edge').createGateway({}), (error) => isPalmError(error, 'invalid_options'));
});
