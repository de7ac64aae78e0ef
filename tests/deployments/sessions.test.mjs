// The recipes for sessions: tokens of the providers' shapes, signed by our own keys.
// Each is tried twice: by the recipe, and by the variables of the deployed gateway.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ID = 'palm_usr_1a2b3c4d5e6f7081';
const OTHER = 'palm_usr_ffffffffffffffff';
const APP = 'https://app.example.com';

const pairs = {};
for (const alg of ['RS256', 'ES256', 'EdDSA']) pairs[alg] = await generateKeyPair(alg, { extractable: true });
const stranger = await generateKeyPair('RS256');

// Each provider publishes its keys where its own do.
const sets = {
  '/clerk/.well-known/jwks.json': 'RS256',
  '/auth0/.well-known/jwks.json': 'RS256',
  '/supabase/auth/v1/.well-known/jwks.json': 'ES256',
  '/api/auth/jwks': 'EdDSA',
};
const keys = {};
for (const [path, alg] of Object.entries(sets)) keys[path] = JSON.stringify({ keys: [{ ...(await exportJWK(pairs[alg].publicKey)), kid: 'one', alg, use: 'sig' }] });
let isDown = false;
const provider = createServer(({ url }, response) => {
  const set = isDown ? undefined : keys[url];
  response.writeHead(set === undefined ? 503 : 200, { 'content-type': 'application/json' }).end(set);
}).listen(0, '127.0.0.1');
await once(provider, 'listening');
after(() => provider.close());
const at = `http://127.0.0.1:${provider.address().port}`;

Object.assign(process.env, {
  SESSION_SECRET: 'the-secret-of-the-test-longer-than-32-bytes',
  CLERK_ISSUER: `${at}/clerk`,
  APP_ORIGINS: `${APP} https://admin.example.com`,
  AUTH0_ISSUER: `${at}/auth0/`,
  AUTH0_AUDIENCE: 'https://app.example.com/api',
  SUPABASE_URL: `${at}/supabase`,
  BETTER_AUTH_URL: at,
});

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('../../edge/gateway/src/options.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const { sessions } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
let fresh = 0;
/** A recipe as a server loads it: with no keys yet. */
const recipe = (name) => import(`../../recipes/session/${name}.js?${(fresh += 1)}`);

/**
 * A token as a provider makes it; claims that are undefined are left out.
 * `header` has what it writes besides the algorithm and the key's name.
 */
const sign = ({ alg, header, claims }, changed = {}, { key = pairs[alg].privateKey, expires = '60s' } = {}) =>
  new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg, kid: 'one', ...header }).setIssuedAt().setExpirationTime(expires).sign(key);

const bearer = (token) => new Request(`${APP}/api/palm/v1/user/me`, { headers: { authorization: `Bearer ${token}` } });
const cookie = (name) => (token) => new Request(`${APP}/api/palm/v1/user/me`, { headers: { cookie: `theme=dark; ${name}=${token}` } });

const PROVIDERS = {
  // https://clerk.com/docs/backend-requests/resources/session-tokens, version 2
  clerk: {
    alg: 'RS256',
    header: { cat: 'cl_B7d4PD111AAA', typ: 'JWT' },
    claims: {
      azp: APP, fva: [7, -1], iss: `${at}/clerk`, jti: '1234567890', nbf: Math.floor(Date.now() / 1000) - 10, palm_id: ID,
      pla: 'u:free', sid: 'sess_2GaMqUCB3Sc1WNAkWuNzsnYVVEy', sts: 'active', sub: 'user_2F2u1wtUyUlxKgFkKqtJNtpJJWj', v: 2,
    },
    request: cookie('__session'),
    variables: { SESSION_JWKS_URL: `${at}/clerk/.well-known/jwks.json`, SESSION_ISSUER: `${at}/clerk`, SESSION_AUTHORIZED_PARTIES: `${APP} https://admin.example.com`, SESSION_COOKIE: '__session', PALM_ID_CLAIM: 'palm_id' },
    refused: {
      'asked for by another page': { azp: 'https://evil.example.com' },
      'asked for by no page': { azp: undefined },
      'of a user without a Palm ID': { palm_id: undefined },
      'with the ID where the person can write it': { palm_id: undefined, unsafe_metadata: { palm_id: OTHER } },
    },
  },
  // https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles, both profiles
  auth0: {
    alg: 'RS256',
    header: { typ: 'JWT' },
    claims: {
      iss: `${at}/auth0/`, sub: 'auth0|6553da60a54af58e29493993', aud: ['https://app.example.com/api', `${at}/auth0/userinfo`],
      azp: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx', scope: 'openid profile', 'https://app.example.com/palm_id': ID,
    },
    request: bearer,
    variables: { SESSION_JWKS_URL: `${at}/auth0/.well-known/jwks.json`, SESSION_ISSUER: `${at}/auth0/`, SESSION_AUDIENCE: 'https://app.example.com/api', PALM_ID_CLAIM: 'https://app.example.com/palm_id' },
    refused: {
      'an ID token, which is for the page': { aud: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx' },
      'for another API of the tenant': { aud: 'https://billing.example.com' },
      'of a machine': { sub: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients', gty: 'client-credentials', 'https://app.example.com/palm_id': undefined },
    },
  },
  // https://supabase.com/docs/guides/auth/jwt-fields
  supabase: {
    alg: 'ES256',
    header: { typ: 'JWT' },
    claims: {
      iss: `${at}/supabase/auth/v1`, sub: '123e4567-e89b-12d3-a456-426614174000', aud: 'authenticated', role: 'authenticated', aal: 'aal1',
      session_id: '9b7a2f8e-1c1f-4c0e-9d57-6d1b9d2f5b10', email: 'ada@example.com', phone: '', is_anonymous: false, amr: [{ method: 'password', timestamp: 1 }],
      app_metadata: { provider: 'email', providers: ['email'], palm_id: ID }, user_metadata: { palm_id: OTHER },
    },
    request: bearer,
    variables: { SESSION_JWKS_URL: `${at}/supabase/auth/v1/.well-known/jwks.json`, SESSION_ISSUER: `${at}/supabase/auth/v1`, SESSION_AUDIENCE: 'authenticated', PALM_ID_CLAIM: '/app_metadata/palm_id' },
    refused: {
      'the key of the project itself': { aud: undefined, role: 'anon', sub: undefined, app_metadata: undefined },
      'with the ID where the person can write it': { app_metadata: { provider: 'email' } },
      'with no metadata': { app_metadata: undefined, user_metadata: undefined },
    },
  },
  // https://www.better-auth.com/docs/plugins/jwt
  'better-auth': {
    alg: 'EdDSA',
    header: {},
    claims: { iss: at, aud: at, sub: 'C7dUNMhPwGxTZFhKHJ8gxQf3nVeYbA2d', palm_id: ID },
    request: bearer,
    variables: { SESSION_JWKS_URL: `${at}/api/auth/jwks`, SESSION_ISSUER: at, SESSION_AUDIENCE: at, PALM_ID_CLAIM: 'palm_id' },
    refused: {
      'for another service': { aud: 'https://billing.example.com' },
      'of a user without a Palm ID': { palm_id: undefined },
    },
  },
};

for (const [name, shape] of Object.entries(PROVIDERS)) {
  describe(name, async () => {
    const ways = {
      'the recipe': (await recipe(name)).identify,
      'the variables': sessions(shape.variables),
    };
    for (const [way, identify] of Object.entries(ways)) {
      const idOf = async (token) => (await identify(shape.request(await token))) ?? undefined;

      test(`${way}: a token gives the Palm ID`, async () => assert.equal(await idOf(sign(shape)), ID));

      const refused = { ...shape.refused, 'of another issuer': { iss: 'https://other.example.com' } };
      for (const [title, changed] of Object.entries(refused)) {
        test(`${way}: refused: ${title}`, async () => assert.equal(await idOf(sign(shape, changed)), undefined));
      }

      test(`${way}: refused: expired, by another key, by no key`, async () => {
        assert.equal(await idOf(sign(shape, {}, { expires: '-10s' })), undefined);
        assert.equal(await idOf(sign({ ...shape, alg: 'RS256' }, {}, { key: stranger.privateKey })), undefined);
        const [header, claims] = (await sign(shape)).split('.');
        assert.equal(await idOf(`${header}.${claims}.`), undefined);
        const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
        assert.equal(await idOf(`${none}.${claims}.`), undefined);
        assert.equal((await identify(new Request(APP))) ?? undefined, undefined);
      });
    }

    test('keys that cannot be had are no fault of the token', async () => {
      isDown = true;
      try {
        for (const identify of [(await recipe(name)).identify, sessions(shape.variables)]) {
          const token = await sign(shape);
          await assert.rejects(async () => identify(shape.request(token)), (error) => !error.message.includes(token));
        }
      } finally {
        isDown = false;
      }
    });
  });
}

test('clerk: a session with a task left is not signed in', async () => {
  const request = cookie('__session')(await sign(PROVIDERS.clerk, { sts: 'pending' }));
  assert.equal(await (await recipe('clerk')).identify(request), undefined);
  assert.equal(await sessions(PROVIDERS.clerk.variables)(request), undefined);
});

test('auth0: both profiles of its access tokens', async () => {
  const rfc9068 = { ...PROVIDERS.auth0, header: { typ: 'at+jwt' } };
  const token = await sign(rfc9068, { azp: undefined, client_id: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx', jti: '73WakrfVbNJBaAmhQtEeDv' });
  assert.equal(await (await recipe('auth0')).identify(bearer(token)), ID);
  assert.equal(await sessions(PROVIDERS.auth0.variables)(bearer(token)), ID);
});

describe('signed cookie', async () => {
  const { identify, signIn, signOut } = await recipe('signed-cookie');
  const withCookie = (header) => new Request(APP, { headers: { cookie: header } });
  const pair = (header) => header.split(';')[0];

  test('signed in, and out', async () => {
    const header = await signIn(ID, 60);
    assert.match(header, /^__Host-session=[\w.-]+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assert.equal(await identify(withCookie(`theme=dark; ${pair(header)}; x=y`)), ID);
    assert.equal(await identify(withCookie(pair(signOut))), undefined);
    assert.equal(await identify(new Request(APP)), undefined);
  });

  test('refused: expired, forged, of another kind', async () => {
    assert.equal(await identify(withCookie(pair(await signIn(ID, -1)))), undefined);
    const secret = new TextEncoder().encode('another-secret-that-is-longer-than-32-bytes');
    const forge = (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m').sign(key);
    assert.equal(await identify(withCookie(`__Host-session=${await forge({ palm_id: OTHER }, secret)}`)), undefined);
    const own = new TextEncoder().encode(process.env.SESSION_SECRET);
    assert.equal(await identify(withCookie(`__Host-session=${await forge({ purpose: 'reset-password' }, own)}`)), undefined);
    assert.equal(await identify(withCookie('__Host-session=constructor')), undefined);
  });

  test('by the variables of the deployed gateway', async () => {
    const known = sessions({ SESSION_SECRET: process.env.SESSION_SECRET, SESSION_COOKIE: '__Host-session', PALM_ID_CLAIM: 'palm_id' });
    assert.equal(await known(withCookie(pair(await signIn(ID)))), ID);
  });
});
