// The gateway in workerd as an attacker would try it, the sandbox behind it.
// What must not get through is looked for where it would arrive.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SignJWT, UnsecuredJWT } from 'jose';
import { updateUser } from '../../pkg/dist/index.js';

import { startGateway } from '../../edge/gateway.mjs';
import { KEY, sandbox } from './client.mjs';

const SECRET = 'a-secret-of-the-test-longer-than-32-bytes';
const palm = await sandbox();
const { id } = await palm.create({ metadata: { notes: 'old', tier: 'basic' } });
const { id: otherId } = await palm.create({ metadata: {} });

// What arrives at Palm, and the faults that it is asked for.
const arrived = [];
let fault;
const upstream = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  arrived.push({ url: request.url, method: request.method, headers: request.headers, body });
  const { authorization, 'content-type': type } = request.headers;
  const headers = { authorization, 'content-type': type, ...fault };
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const answer = await fetch(palm.url + request.url, { method: request.method, headers, body, signal: gone.signal });
    const kept = ['content-type', 'retry-after', 'x-request-id'].flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name)]] : []));
    const text = await answer.text();
    response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
  } catch {
    response.destroy();
  }
}).listen(0, '127.0.0.1');
await once(upstream, 'listening');

const APP = 'https://app.example.com';
const vars = {
  PALM_API_KEY: KEY,
  PALM_BASE_URL: `http://127.0.0.1:${upstream.address().port}`,
  PALM_TIMEOUT_MS: '1000',
  SESSION_SECRET: SECRET,
  SESSION_ISSUER: 'app',
  WRITABLE: { metadata: ['notes', 'a'], display_name: true },
  ALLOWED_ORIGINS: `${APP} https://admin.example.com`,
};
const log = [];
const { url, dispose } = await startGateway({ vars, log: (line) => log.push(line) });
after(async () => {
  await dispose();
  await palm.dispose();
  upstream.close();
});

const sign = (claims, { secret = SECRET, expires = '5m', alg = 'HS256' } = {}) =>
  new SignJWT({ iss: 'app', sub: id, ...claims }).setProtectedHeader({ alg }).setExpirationTime(expires).sign(new TextEncoder().encode(secret));
const token = await sign();

async function call({ path = `/v1/user/${id}`, method = 'PATCH', headers = {}, body = '{"metadata":{"notes":"gold"}}', bearer = token, at = url } = {}) {
  const response = await fetch(at + path, {
    method,
    headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), 'content-type': 'application/json', ...headers },
    ...(method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

test('a signed-in person changes what is theirs; only the patch and the key go on', async () => {
  arrived.length = 0;
  const { status, body, headers } = await call({ headers: { origin: APP, cookie: 'session=1', 'x-forwarded-for': '1.2.3.4' } });
  assert.equal(status, 200);
  assert.equal(body.metadata.notes, 'gold');
  assert.equal(headers.get('access-control-allow-origin'), APP);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.ok(headers.get('x-request-id'));
  assert.equal(arrived.length, 1);
  const [{ url: path, headers: sent, body: text }] = arrived;
  assert.equal(path, `/v1/user/${id}`);
  assert.equal(sent.authorization, `Bearer ${KEY}`);
  assert.equal(text, '{"metadata":{"notes":"gold"}}');
  for (const name of ['cookie', 'x-forwarded-for', 'origin']) assert.equal(sent[name], undefined, name);
});

test('the package itself calls through the gateway', async () => {
  const user = await updateUser(id, { metadata: { notes: 'silver' } }, { baseUrl: url, headers: { authorization: `Bearer ${token}` } });
  assert.equal(user.metadata.notes, 'silver');
});

test('preflight: for the origins of the list', async () => {
  const preflight = (origin) => call({ method: 'OPTIONS', bearer: null, headers: { origin, 'access-control-request-method': 'PATCH' } });
  const { status, headers } = await preflight('https://admin.example.com');
  assert.equal(status, 204);
  assert.equal(headers.get('access-control-allow-origin'), 'https://admin.example.com');
  assert.equal(headers.get('access-control-allow-methods'), 'GET, HEAD, PATCH');
  assert.match(headers.get('vary'), /origin/i);
  const foreign = await preflight('https://evil.example.com');
  assert.equal(foreign.status, 403);
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
});

const unsigned = new UnsecuredJWT({ iss: 'app', sub: id }).setExpirationTime('5m').encode();
const deep = '['.repeat(20_000) + ']'.repeat(20_000);
const attacks = [
  ['no token', 401, { bearer: null }],
  ['a token that is none', 401, { bearer: 'abc' }],
  ['an expired token', 401, { bearer: await sign({}, { expires: '-1m' }) }],
  ['a wrong signature', 401, { bearer: await sign({}, { secret: 'another-secret-as-long-as-32-bytes-too' }) }],
  ['alg none', 401, { bearer: unsigned }],
  ['another algorithm than the key is for', 401, { bearer: await sign({}, { alg: 'HS512', secret: SECRET.repeat(2) }) }],
  ['a token of another issuer', 401, { bearer: await sign({ iss: 'other' }) }],
  ['a token for nobody', 401, { bearer: await sign({ sub: undefined }) }],
  ['a token without an end', 401, { bearer: await new SignJWT({ iss: 'app', sub: id }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET)) }],
  ["the API's own key for a token", 401, { bearer: KEY }],
  ["another person's ID", 403, { path: `/v1/user/${otherId}` }],
  ['an encoded slash in the ID', 400, { path: `/v1/user/${id}%2f..%2f${otherId}` }],
  ['a slash in the ID', 404, { path: `/v1/user/${id}/vault` }],
  ['encoded dots for an ID', 404, { path: '/v1/user/%2e%2e' }],
  ['encoded dots within the ID', 400, { path: `/v1/user/${id}%2e%2e` }],
  ['a path that goes up', 403, { path: `/v1/user/${id}/../${otherId}` }],
  ['a header in the ID', 400, { path: `/v1/user/${id}%0d%0ax-evil:%201` }],
  ['a query in the ID', 400, { path: `/v1/user/${id}%3fadmin=1` }],
  ['a NUL in the ID', 400, { path: `/v1/user/${id}%00` }],
  ['an ID of many characters', 400, { path: `/v1/user/${'a'.repeat(300)}` }],
  ['no ID', 404, { path: '/v1/user/' }],
  ['a double slash', 404, { path: `//v1/user/${id}` }],
  ['another version', 404, { path: `/v2/user/${id}` }],
  ['a read of another person', 403, { method: 'GET', path: `/v1/user/${otherId}` }],
  ['a read without a token', 401, { method: 'GET', bearer: null }],
  ['PUT', 405, { method: 'PUT' }],
  ['DELETE', 405, { method: 'DELETE' }],
  ['POST that says PATCH', 405, { method: 'POST', headers: { 'x-http-method-override': 'PATCH' } }],
  ['PATCH that says DELETE', 400, { headers: { 'x-http-method-override': 'DELETE' } }],
  ['a foreign origin', 403, { headers: { origin: 'https://evil.example.com' } }],
  ['an origin that starts alike', 403, { headers: { origin: `${APP}.evil.example` } }],
  ['the origin null', 403, { headers: { origin: 'null' } }],
  ['a form', 415, { headers: { 'content-type': 'text/plain' } }],
  ['a type that starts alike', 415, { headers: { 'content-type': 'application/jsonp' } }],
  ['a compressed body', 415, { headers: { 'content-encoding': 'gzip' } }],
  ['a body too large', 413, { body: JSON.stringify({ metadata: { a: 'x'.repeat(70_000) } }) }],
  ['no JSON', 400, { body: '{"metadata":' }],
  ['JSON that is no UTF-8', 400, { body: Buffer.from([0x22, 0xff, 0x22]) }],
  ['no body', 400, { body: '' }],
  ['JSON 20,000 deep', 400, { body: `{"metadata":{"a":${deep}}}` }],
  ['a key twice', 400, { body: '{"metadata":{"tier":"gold","tier":"admin"}}' }, 'duplicate_key /metadata/tier'],
  ['a key twice, spelt in two ways', 400, { body: '{"metadata":{"a":[{"t":1,"\\u0074":2}]}}' }, 'duplicate_key /metadata/a/0/t'],
  ['a patch twice', 400, { body: '{"metadata":{},"metadata":{"tier":"admin"}}' }, 'duplicate_key /metadata'],
  ['__proto__ for a key', 400, { body: '{"metadata":{"__proto__":{"tier":"admin"}}}' }, 'unsafe_key /metadata/__proto__'],
  ['__proto__ for a field', 400, { body: '{"__proto__":{"metadata":{}}}' }, 'unknown_field /__proto__'],
  ['a field that is not to be written', 400, { body: '{"status":"active"}' }, 'unknown_field /status'],
  ['a list', 400, { body: '[]' }, 'not_an_object '],
  ['a tier', 422, { body: '{"metadata":{"tier":"admin"}}' }, 'field_not_allowed /metadata/tier'],
  ['a whole number beyond 2^53', 400, { body: '{"metadata":{"notes":9007199254740993}}' }, 'unsafe_integer /metadata/notes'],
  ['51 keys', 400, { body: JSON.stringify({ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v'])) }) }, 'too_many_keys /metadata'],
];
for (const [name, status, request, issue] of attacks) {
  test(`refused with ${status}: ${name}`, async () => {
    arrived.length = 0;
    const answer = await call(request);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.equal(answer.body.status, status);
    assert.deepEqual(arrived, [], 'nothing is sent upstream');
    if (issue !== undefined) assert.equal(`${answer.body.issues[0].code} ${answer.body.issues[0].pointer}`, issue);
    for (const secret of [KEY, SECRET, 'admin', 'evil', token]) assert.ok(!answer.text.includes(secret), `${secret} is echoed`);
    if (status === 401) assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    if (status === 405) assert.equal(answer.headers.get('allow'), 'GET, HEAD, PATCH, OPTIONS');
  });
}

/** Sends a body without end, and gives how much left before the answer was there. */
async function endless(bearer, lengths = ['transfer-encoding: chunked']) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const head = [`PATCH /v1/user/${id} HTTP/1.1`, `host: ${hostname}`, 'content-type: application/json', ...lengths];
  socket.write(`${[...head, ...(bearer ? [`authorization: Bearer ${bearer}`] : [])].join('\r\n')}\r\n\r\n`);
  let answer = '';
  socket.on('data', (data) => (answer += data));
  socket.on('error', () => undefined);
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  const goal = 10 * 2 ** 30;
  let sent = 0;
  while (sent < goal && answer === '' && !socket.destroyed) {
    sent += chunk.length;
    socket.write(chunk);
    // One that never stops to listen may have its connection reset before it hears.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (!socket.destroyed && answer === '') await once(socket, 'close').catch(() => undefined);
  socket.destroy();
  return { answer, sent };
}

test('10 GB in chunks are cut off as they stream', async () => {
  arrived.length = 0;
  const { answer, sent } = await endless(token);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.ok(sent < 64 * 2 ** 20, `${sent} bytes were taken`);
  assert.deepEqual(arrived, []);
});

for (const length of ['content-length: 10', 'content-length: 65536']) {
  test(`a body with both lengths, ${length} and chunks, is counted as it streams`, async () => {
    arrived.length = 0;
    const { answer, sent } = await endless(token, [length, 'transfer-encoding: chunked']);
    // RFC 9112 section 6.3: the chunks count, or the message is refused.
    assert.match(answer, /^HTTP\/1\.1 (413|400) /);
    assert.ok(sent < 64 * 2 ** 20, `${sent} bytes were taken`);
    assert.deepEqual(arrived, []);
  });
}

test('a stranger is refused, however long the body', async () => {
  const { answer } = await endless(undefined);
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.equal((await call()).status, 200, 'the gateway goes on');
});

const faults = [
  ['status=400', 400],
  ['status=401', 502],
  ['status=403', 502],
  ['status=404', 404],
  ['status=409', 409],
  ['status=429; retry-after=7', 429, '7'],
  ['status=500', 500],
  ['status=503; retry-after=3', 503, '3'],
  ['drop=before', 502],
  ['drop=after', 502],
  ['body=stall', 504],
  ['body=html', 502],
  ['body=wrong-shape', 502],
];
for (const [name, status, retryAfter] of faults) {
  test(`Palm's ${name} becomes ${status}`, async () => {
    fault = { 'sandbox-fault': name };
    arrived.length = 0;
    try {
      const answer = await call();
      assert.equal(answer.status, status);
      assert.equal(answer.body.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.equal(answer.headers.get('retry-after'), retryAfter ?? null);
      assert.ok(!answer.text.includes('asked for'), 'its text stays behind');
      assert.equal(answer.body.type, `urn:palm-user:${answer.body.code}`);
      assert.equal(arrived.length, 1, 'the gateway does not retry: its caller does');
      assert.ok(!answer.text.includes(KEY));
    } finally {
      fault = undefined;
    }
  });
}

test('both Workers are ready to deploy: wrangler takes the configuration and bundles them', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // The page need not have been built for this; its folder must be there.
  mkdirSync(path.join(root, 'www/dist'), { recursive: true });
  const wrangler = path.join(root, 'node_modules/wrangler/bin/wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' };
  for (const name of ['gateway', 'sandbox']) {
    const out = path.join(root, 'target/deploy', name);
    execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', out], { cwd: path.join(root, 'edge', name), env, stdio: 'pipe' });
    const files = readdirSync(out);
    assert.ok(files.includes('worker.js') && files.some((file) => file.endsWith('.wasm')), files.join());
    // A gateway has no code that could keep what it is sent.
    assert.equal(readFileSync(path.join(out, 'worker.js'), 'utf8').includes('CREATE TABLE'), name === 'sandbox');
  }
});

test('writable metadata keys, a service binding, and the rate limit', async () => {
  const seen = [];
  const PALM = async (request) => {
    seen.push(request.url);
    return fetch(palm.url + new URL(request.url).pathname, { method: request.method, headers: request.headers, body: await request.text() });
  };
  const { PALM_BASE_URL: _, ...rest } = vars;
  const worker = await startGateway({ vars: { ...rest, WRITABLE: '{"metadata": ["notes", "other"]}' }, services: { PALM }, log: (line) => log.push(line) });
  try {
    const refused = await call({ at: worker.url, body: '{"metadata":{"notes":"gold","a/b":"x"}}' });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.body.issues.map(({ code, pointer }) => [code, pointer]), [['field_not_allowed', '/metadata/a~1b']]);
    assert.equal((await call({ at: worker.url })).status, 200);
    assert.deepEqual(seen, [`https://api.getpalm.com/v1/user/${id}`]);
    const statuses = [];
    // More than twice the limit of a minute: a minute may end in between.
    for (let count = 0; count < 140; count += 1) statuses.push((await call({ at: worker.url })).status);
    assert.ok(statuses.includes(429), 'the platform limits the rate');
    assert.ok(statuses.every((status) => status === 200 || status === 429));
    assert.equal((await call({ at: worker.url, path: `/v1/user/${otherId}`, bearer: await sign({ sub: otherId }) })).status, 200, 'by user');
  } finally {
    await worker.dispose();
  }
});

test('the log has a line a request, and no value, key or session in it', async () => {
  const { headers } = await call({ headers: { 'x-request-id': 'the-last-request' } });
  assert.equal(headers.get('x-request-id'), 'the-last-request');
  while (!log.some((line) => line.includes('the-last-request'))) await new Promise((resolve) => setTimeout(resolve, 10));
  const events = log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  assert.deepEqual(events.at(-1), { ...events.at(-1), requestId: 'the-last-request', action: 'update', userId: id, status: 200, outcome: 'applied', fields: ['metadata.notes'] });
  const refused = events.find(({ code }) => code === 'origin_not_allowed');
  assert.match(refused.error, /evil\.example\.com.*publicOrigin/);
  for (const secret of ['gold', 'silver', 'A fault that was asked for', KEY, SECRET, token]) assert.ok(!log.join('\n').includes(secret), secret);
});
