// A key, an e-mail and metadata values are planted, and looked for in all that
// comes out: errors in every form, callback arguments, gateway answers, the console.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';

import * as palm from 'palm-user';
import { createGateway } from 'palm-user/edge';

import { json, problem, reset, serve, text } from './server.mjs';

const KEY = 'sk_live_Pl4ntedSecretKey';
const SECRETS = [KEY, 'Pl4ntedSecretKey', 'planted@example.com', 'Planted Premium Value', 'Planted Name'];
/** What is left of them when a server changes them: in another case, cut, escaped, a number for a text. */
const PARTS = ['pl4ntedsecret', 'planted@example', 'planted premium', 'planted name', 'planted\\u0020', '481516234299'];
const patch = { metadata: { pin: 481516234299, short: 'Planted', tier: 'Planted Premium Value', mail: 'planted@example.com', nested: { deep: ['Planted Premium Value'] } }, display_name: 'Planted Name' };

const outputs = [];
const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'];
const originals = Object.fromEntries(methods.map((name) => [name, console[name]]));
before(() => methods.forEach((name) => (console[name] = (...args) => outputs.push(inspect(args, { depth: 20 })))));
after(() => Object.assign(console, originals));

/** Every form in which an error or a value gets into a log. */
function forms(value) {
  const error = value instanceof Error ? [value.message, value.stack, String(value), inspect(value.cause), JSON.stringify(Object.getOwnPropertyDescriptors(value))] : [];
  return [...error, JSON.stringify(value), inspect(value, { depth: 20, showHidden: true, getters: true }), inspect(structuredClone(JSON.parse(JSON.stringify(value ?? null))))];
}

function clean(value, where) {
  for (const form of forms(value)) {
    for (const secret of SECRETS) assert.ok(!form?.includes(secret), `${secret} in ${where}: ${form}`);
    const lower = form?.toLowerCase();
    for (const part of PARTS) assert.ok(!lower?.includes(part), `${part} in ${where}: ${form}`);
  }
}

const echo = { title: SECRETS.join(' '), detail: `You sent ${SECRETS.join(', ')}`, type: `https://x.example/${KEY}` };
const headers = { 'x-request-id': `req-${KEY}` };
const changed = SECRETS.flatMap((secret) => [secret.toUpperCase(), secret.slice(0, -3), secret.replaceAll(' ', '\\u0020'), encodeURIComponent(secret)]);
const ANSWERS = {
  ...Object.fromEntries([400, 401, 403, 404, 409, 422, 429, 500, 503].map((status) => [`status ${status} that echoes`, problem(status, echo, headers)])),
  'values that are changed': problem(400, { title: changed.join(), detail: `pin 481516234299, ${changed.join(', ')}` }, headers),
  'a type of the gateway’s': problem(400, { ...echo, type: 'urn:palm-user:invalid_patch', code: KEY, outcome: KEY, issues: [{ code: 'custom', path: SECRETS, message: SECRETS.join() }] }, headers),
  'a long problem': problem(400, { detail: SECRETS.join().repeat(10_000) }, headers),
  'a user that is none': json(200, { error: SECRETS }, headers),
  'a page that echoes': text(200, 'text/html', SECRETS.join()),
  'a lost connection': reset,
};

for (const [name, answer] of Object.entries(ANSWERS)) {
  test(`updateUser: ${name}`, async (t) => {
    const server = await serve(answer);
    t.after(() => server.close());
    const attempts = [];
    const options = { apiKey: KEY, baseUrl: server.baseUrl, maxRetries: 0, onAttempt: (attempt) => attempts.push(attempt) };
    const error = await palm.updateUser('palm_usr_1', patch, options).catch((thrown) => thrown);
    assert.ok(palm.isPalmError(error));
    clean(error, 'the error');
    assert.equal(attempts.length, 1);
    clean(attempts, 'the attempt');
  });

  for (const onRequest of [true, false]) {
    test(`the gateway${onRequest ? '' : ', without onRequest'}: ${name}`, async (t) => {
      const server = await serve(answer);
      t.after(() => server.close());
      const events = [];
      const gateway = createGateway({ ...GATEWAY, baseUrl: server.baseUrl, ...(onRequest && { onRequest: (event) => void events.push(event) }) });
      for (const init of [PATCHING, { headers: PATCHING.headers }]) {
        const response = await gateway(new Request('https://app.example.com/v1/user/me', init));
        clean([await response.text(), ...response.headers], 'the answer');
      }
      clean(events, 'the events');
      events.forEach(({ error }) => error && clean(error, 'the error of an event'));
    });
  }
}

const SESSION = { cookie: `session=${KEY}.planted@example.com`, authorization: `Bearer ${KEY}`, 'x-request-id': 'planted@example.com', traceparent: KEY };
const PATCHING = { method: 'PATCH', headers: { 'content-type': 'application/json', ...SESSION }, body: JSON.stringify(patch) };
const GATEWAY = { apiKey: KEY, identify: () => 'palm_usr_1', writable: { metadata: Object.keys(patch.metadata), display_name: true } };

const planted = () => Object.assign(new palm.PalmError({ code: 'network', message: SECRETS.join(), outcome: 'unknown', problem: echo }), { cause: new Error(SECRETS.join()) });
const throwing = () => { throw planted(); };
const HOOKS = {
  'identify throws': { identify: throwing },
  'identify rejects': { identify: async () => throwing() },
  'identify gives what is no ID': { identify: () => SECRETS[2] },
  'authorize throws': { authorize: throwing, identify: () => 'palm_usr_2' },
  'the key’s function throws': { apiKey: throwing },
  'the key is none': { apiKey: () => ` ${KEY}` },
  'check throws': { check: throwing },
  'check gives what it may not': { check: () => SECRETS },
  'the limiter throws': { rateLimiter: { limit: throwing } },
  'the limiter gives what it may not': { rateLimiter: { limit: () => SECRETS } },
  'allowedOrigins throws': { allowedOrigins: throwing },
  'onRequest throws': { onRequest: throwing },
  'onRequest rejects': { onRequest: async () => throwing() },
  'a field is not writable': { writable: {} },
  'nobody is signed in': { identify: () => undefined },
  'the body is too large': { maxBodyBytes: 10 },
};
for (const [name, options] of Object.entries(HOOKS)) {
  test(`the gateway: ${name}`, async () => {
    const events = [];
    const hooks = options.onRequest ? {} : { onRequest: ({ error, ...event }) => void events.push(event) };
    const fetch = async () => Response.json({ error: SECRETS });
    for (const told of [hooks, {}]) {
      const gateway = createGateway({ ...GATEWAY, fetch, ...told, ...options });
      const origin = options.allowedOrigins && { origin: 'https://other.example.com' };
      const response = await gateway(new Request('https://app.example.com/v1/user/palm_usr_1', { ...PATCHING, headers: { ...PATCHING.headers, ...origin } }));
      clean([await response.text(), ...response.headers], 'the answer');
    }
    assert.equal(events.length, options.onRequest ? 0 : 1);
    clean(events, 'the event, but for what a hook threw');
  });
}

test('a fetch that throws what it was given', async () => {
  const fetch = async (url, init) => {
    throw Object.assign(new TypeError(`failed: ${inspect(init, { depth: 9 })}`), { cause: { code: 'ECONNRESET', init } });
  };
  const error = await palm.updateUser('palm_usr_1', patch, { apiKey: KEY, fetch, maxRetries: 0 }).catch((thrown) => thrown);
  assert.equal(error.code, 'network');
  clean(error, 'the error');
});

test('what is refused before it is sent', async () => {
  const refused = async (...args) => {
    const error = await palm.updateUser(...args).then(() => assert.fail('it was not refused'), (thrown) => thrown);
    assert.ok(palm.isPalmError(error));
    clean(error, 'the error');
  };
  await refused('palm_usr_1', { ...patch, display_name: SECRETS, metadata: { a: 1n, b: new Date() } }, { apiKey: KEY });
  await refused('palm_usr_1', patch, { apiKey: ` ${KEY}` });
  await refused('palm_usr_1', patch, { apiKey: `${KEY} planted@example.com` });
  await refused('palm_usr_1', patch, { apiKey: KEY, headers: { 'x-mail': 'planted@example.com\n' } });
  await refused('palm_usr_1', patch, { apiKey: KEY, baseUrl: `http://${KEY}@example.com` });
  await refused('palm_usr_1', patch, { apiKey: KEY, timeoutMs: KEY });
  await refused('palm_usr_1', patch, { apiKey: () => { throw new Error(KEY); } });
});

test('fingerprints, reports and the store', () => {
  for (const [value, kind] of [['planted@example.com@', 'email'], ['Planted Name', 'email'], ['+442079460958 x', 'phone'], ['planted@example.com\ud800', 'exact']]) {
    assert.throws(() => palm.fingerprint(value, kind), (error) => (clean(error, 'the error'), true));
    assert.throws(() => palm.fingerprintMany(['ok@example.com', value], kind), (error) => (clean(error, 'the error'), true));
  }
  clean(palm.validatePatch({ ...patch, metadata: { ...patch.metadata, when: new Date(), big: 1n } }), 'the report');
  const user = { id: 'x', object: 'user', created_at: 'x', updated_at: '2025-10-24T15:45:00Z', metadata: {}, status: 'active', verification: null };
  const store = palm.createUserStore({ userId: 'palm_usr_1', user, send: () => new Promise(() => undefined) });
  assert.throws(() => store.edit({ metadata: { a: new Map([['Planted Premium Value', KEY]]) } }), (error) => (clean(error, 'the error'), true));
});

test('the console has said nothing of it', () => clean(outputs, 'the console'));
