// Who is signed in, as the gateway of edge/ finds it: secrets that rotate, sets
// of keys that fail, tokens that were made for something else.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, describe, mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

import { startGateway } from '../../edge/gateway.mjs';
import { KEY, sandbox } from './client.mjs';

// The Worker's own module, in Node.js, where the clock can be set.
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('../../edge/gateway/src/options.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const { optionsOf, sessions } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);

const bytes = (secret) => new TextEncoder().encode(secret);
const [NEW, OLD, FOREIGN] = ['new', 'old', 'foreign'].map((name) => `${name}-secret-of-32-bytes-or-more-${'x'.repeat(10)}`);
const ID = 'palm_usr_1a2b3c4d5e6f7081';
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const { privateKey: stranger } = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };

// An issuer that can be made to fail.
let keys = [jwk];
let status = 200;
let asked = 0;
const issuer = createServer((_, response) => {
  asked += 1;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
}).listen(0, '127.0.0.1');
await once(issuer, 'listening');
after(() => issuer.close());

const ISSUER = 'https://issuer.example.com';
const JWKS = {
  SESSION_JWKS_URL: `http://127.0.0.1:${issuer.address().port}/jwks`,
  SESSION_ISSUER: ISSUER,
  SESSION_AUDIENCE: 'palm',
  PALM_ID_CLAIM: 'palm_id',
};
const SECRETS = { SESSION_SECRET: `${NEW} ${OLD}` };

const bySecret = (claims = {}, { secret = NEW, header = {}, expires = '5m' } = {}) =>
  new SignJWT({ sub: ID, ...claims }).setProtectedHeader({ alg: 'HS256', ...header }).setExpirationTime(expires).sign(bytes(secret));
const byKey = (claims = {}, { key = privateKey, header = {} } = {}) =>
  new SignJWT({ iss: ISSUER, aud: 'palm', sub: 'provider|1', palm_id: ID, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .setExpirationTime('5m')
    .sign(key);

const withBearer = (token) => new Request('https://app.example.com/', { headers: { authorization: `Bearer ${token}` } });
const withCookie = (cookie) => new Request('https://app.example.com/', { headers: { cookie } });
/** The Palm ID of a token, in a gateway of its own. */
const idOf = async (env, token) => sessions(env)(withBearer(await token));

describe('a token', () => {
  const tokens = [
    ['by the newest secret', SECRETS, bySecret(), ID],
    ['by the secret before it', SECRETS, bySecret({}, { secret: OLD }), ID],
    ['by a secret that has rotated out', { SESSION_SECRET: NEW }, bySecret({}, { secret: OLD })],
    ['by a foreign secret', SECRETS, bySecret({}, { secret: FOREIGN })],
    ['by the secrets as they stand in the variable', SECRETS, bySecret({}, { secret: SECRETS.SESSION_SECRET })],
    ['that has expired, by the older secret', SECRETS, bySecret({}, { secret: OLD, expires: '-1m' })],
    ['by a key of the set', JWKS, byKey(), ID],
    ['by a key that is not in the set', JWKS, byKey({}, { key: stranger })],
    ['by HS256 with the public key for a secret', JWKS, bySecret({ iss: ISSUER, aud: 'palm', palm_id: ID }, { secret: JSON.stringify(jwk), header: { kid: 'one' } })],
    ['of another issuer', JWKS, byKey({ iss: 'https://other.example.com' })],
    ['for another audience', JWKS, byKey({ aud: 'billing' })],
    ['for several audiences, this among them', JWKS, byKey({ aud: ['billing', 'palm'] }), ID],
    ['without an audience', JWKS, byKey({ aud: undefined })],
    ['of type JWT', JWKS, byKey({}, { header: { typ: 'JWT' } }), ID],
    ['of type at+jwt (RFC 9068)', JWKS, byKey({}, { header: { typ: 'at+jwt' } }), ID],
    ['of type application/at+jwt', JWKS, byKey({}, { header: { typ: 'application/at+jwt' } }), ID],
    ['of type logout+jwt (OpenID back-channel logout)', JWKS, byKey({}, { header: { typ: 'logout+jwt' } })],
    ['of type dpop+jwt (RFC 9449)', JWKS, byKey({}, { header: { typ: 'dpop+jwt' } })],
    ['of another type than the one that is named', { ...JWKS, SESSION_TYPE: 'at+jwt' }, byKey({}, { header: { typ: 'JWT' } })],
    ['without a type, where one is named', { ...JWKS, SESSION_TYPE: 'at+jwt' }, byKey()],
    ['of the type that is named', { ...JWKS, SESSION_TYPE: 'at+jwt' }, byKey({}, { header: { typ: 'AT+JWT' } }), ID],
    ['without the claim', JWKS, byKey({ palm_id: undefined })],
    ['with an empty claim', JWKS, byKey({ palm_id: '' })],
    ['whose claim is no text', JWKS, byKey({ palm_id: { toString: ID } })],
    ['with the ID deep in its claims', { ...JWKS, PALM_ID_CLAIM: '/app_metadata/a~1b/palm_id' }, byKey({ app_metadata: { 'a/b': { palm_id: ID } } }), ID],
    ['with the ID in a claim whose name has a tilde', { ...JWKS, PALM_ID_CLAIM: '/a~0b' }, byKey({ 'a~b': ID }), ID],
    ['with the ID in a claim that is a URL', { ...JWKS, PALM_ID_CLAIM: 'https://example.com/palm_id' }, byKey({ 'https://example.com/palm_id': ID }), ID],
    ['whose claim is inherited', { ...JWKS, PALM_ID_CLAIM: '/constructor/name' }, byKey()],
    ['of an authorized party', { ...JWKS, SESSION_AUDIENCE: undefined, SESSION_AUTHORIZED_PARTIES: 'https://a.example.com https://b.example.com' }, byKey({ azp: 'https://b.example.com' }), ID],
    ['of another party', { ...JWKS, SESSION_AUTHORIZED_PARTIES: 'https://a.example.com' }, byKey({ azp: 'https://evil.example.com' })],
    ['of no party', { ...JWKS, SESSION_AUTHORIZED_PARTIES: 'https://a.example.com' }, byKey()],
  ];
  for (const [name, env, token, expected] of tokens) {
    test(`${name}: ${expected === undefined ? 'nobody' : 'known'}`, async () => assert.equal(await idOf(env, token), expected));
  }

  test('the claim is looked up where a table is bound', async () => {
    const PALM_IDS = { get: async (key) => ({ 'provider|1': ID })[key] ?? null };
    const { PALM_ID_CLAIM: _, ...rest } = JWKS;
    assert.equal(await idOf({ ...rest, PALM_IDS }, byKey()), ID);
    assert.equal(await idOf({ ...rest, PALM_IDS }, byKey({ sub: 'provider|2' })), undefined);
    const broken = { get: async () => Promise.reject(new Error('the table is down')) };
    await assert.rejects(idOf({ ...rest, PALM_IDS: broken }, byKey()), /the table is down/);
  });

  test('in a cookie', async () => {
    const of = sessions({ ...SECRETS, SESSION_COOKIE: '__Host-session' });
    const token = await bySecret();
    assert.equal(await of(withCookie(`a=b; __Host-session=${token}; c=d`)), ID);
    assert.equal(await of(withCookie(`x__Host-session=${token}`)), undefined);
    assert.equal(await of(withCookie(`__Host-session=${token}; __Host-session=${token}`)), undefined, 'two of one name');
    assert.equal(await of(withBearer(token)), undefined);
    assert.equal(await sessions(SECRETS)(withCookie(`session=${token}`)), undefined);
  });
});

describe('an issuer', () => {
  test('that fails is asked again after a while, and its last good set serves for an hour', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      const of = sessions(JWKS);
      const token = await new SignJWT({ iss: ISSUER, aud: 'palm', palm_id: ID })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setExpirationTime('1d')
        .sign(privateKey);
      const ask = () => of(withBearer(token));
      asked = 0;
      status = 503;
      for (let count = 0; count < 5; count += 1) await assert.rejects(ask(), { code: 'ERR_JWKS_INVALID' });
      assert.equal(asked, 1, 'no request asks while it cools down');
      mock.timers.tick(5_001);
      await assert.rejects(ask());
      assert.equal(asked, 2);
      status = 200;
      mock.timers.tick(5_001);
      for (let count = 0; count < 5; count += 1) assert.equal(await ask(), ID);
      assert.equal(asked, 3, 'a good set is kept');
      status = 503;
      mock.timers.tick(11 * 60_000);
      assert.equal(await ask(), ID, 'stale, and good enough');
      assert.equal(asked, 4);
      mock.timers.tick(60 * 60_000);
      await assert.rejects(ask(), 'an hour is the end of it');
    } finally {
      status = 200;
      mock.timers.reset();
    }
  });

  test('that answers something else fails too', async () => {
    for (const wrong of [undefined, 'x', {}]) {
      keys = wrong;
      await assert.rejects(idOf(JWKS, byKey()), JSON.stringify(wrong));
    }
    keys = [jwk];
  });

  test('is not asked for every key that a stranger makes up', async () => {
    const of = sessions(JWKS);
    assert.equal(await of(withBearer(await byKey())), ID);
    asked = 0;
    for (let count = 0; count < 20; count += 1) assert.equal(await of(withBearer(await byKey({}, { header: { kid: `made-up-${count}` } }))), undefined);
    assert.equal(asked, 0, 'within half a minute of the last time');
  });
});

describe('what is missing is named, and holds no value', () => {
  const base = { PALM_API_KEY: KEY };
  const { SESSION_JWKS_URL, ...named } = JWKS;
  const faults = [
    ['no key', { ...SECRETS }, /PALM_API_KEY/],
    ['no session', { ...base }, /SESSION_SECRET.*SESSION_JWKS_URL/],
    ['a short secret', { ...base, SESSION_SECRET: 'planted-value' }, /32 bytes/],
    ['a short secret beside a good one', { ...base, SESSION_SECRET: `${NEW} planted-value` }, /32 bytes/],
    ['no issuer', { ...base, ...JWKS, SESSION_ISSUER: undefined }, /SESSION_ISSUER/],
    ['no audience', { ...base, ...JWKS, SESSION_AUDIENCE: undefined }, /SESSION_AUDIENCE.*SESSION_AUTHORIZED_PARTIES/],
    ['no claim', { ...base, ...JWKS, PALM_ID_CLAIM: undefined }, /PALM_ID_CLAIM.*PALM_IDS/],
    ['fields that are no JSON', { ...base, ...SECRETS, WRITABLE: '{"planted-value' }, /WRITABLE must be JSON/],
    ['both', { ...base, ...JWKS, ...SECRETS }, /not both/],
    ['keys over http', { ...base, ...named, SESSION_JWKS_URL: 'http://planted-value.example.com/' }, /https/],
    ['keys nowhere', { ...base, ...named, SESSION_JWKS_URL: 'planted-value' }, /https/],
  ];
  for (const [name, env, message] of faults) {
    test(name, () =>
      assert.throws(() => optionsOf(env), (error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /planted-value/);
        return true;
      }));
  }
});

describe('in workerd', () => {
  const call = async (url, headers, id) => {
    const response = await fetch(`${url}/v1/user/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json', ...headers }, body: '{"metadata":{"notes":"x"}}' });
    return { status: response.status, body: await response.json() };
  };

  test('a gateway without its key serves nobody, and its log says why', async () => {
    let hear;
    const heard = new Promise((resolve) => (hear = resolve));
    const { url, dispose } = await startGateway({ vars: SECRETS, log: (line) => line.includes('PALM_API_KEY') && hear() });
    try {
      const { status, body } = await call(url, { authorization: `Bearer ${await bySecret()}` }, ID);
      assert.deepEqual([status, body.code, body.outcome], [500, 'gateway_failed', 'rejected']);
      await heard;
    } finally {
      await dispose();
    }
  });

  test('an issuer, a claim, a cookie', async () => {
    const palm = await sandbox();
    const { id } = await palm.create();
    const common = { PALM_API_KEY: KEY, PALM_BASE_URL: palm.url, WRITABLE: { metadata: ['notes'] } };
    const { url, dispose } = await startGateway({ vars: { ...common, ...JWKS, SESSION_COOKIE: '__session' }, log: () => undefined });
    try {
      const token = await byKey({ palm_id: id });
      assert.equal((await call(url, { cookie: `__session=${token}` }, id)).status, 200);
      assert.equal((await call(url, { authorization: `Bearer ${token}` }, id)).status, 401);
      assert.equal((await call(url, { cookie: `__session=${await byKey()}` }, id)).status, 403);
    } finally {
      await dispose();
      await palm.dispose();
    }
  });

  test('an issuer, and a table of IDs', async () => {
    const palm = await sandbox();
    const { id } = await palm.create();
    const { PALM_ID_CLAIM: _, ...rest } = JWKS;
    const { url, worker, dispose } = await startGateway({ vars: { PALM_API_KEY: KEY, PALM_BASE_URL: palm.url, WRITABLE: { metadata: ['notes'] }, ...rest }, kv: ['PALM_IDS'], log: () => undefined });
    try {
      await (await worker.getKVNamespace('PALM_IDS')).put('provider|1', id);
      assert.equal((await call(url, { authorization: `Bearer ${await byKey()}` }, id)).status, 200);
      assert.equal((await call(url, { authorization: `Bearer ${await byKey({ sub: 'provider|2' })}` }, id)).status, 401);
    } finally {
      await dispose();
      await palm.dispose();
    }
  });
});
