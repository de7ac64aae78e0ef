// Faults that were once put in on purpose and went unnoticed, each with a case now.
// The sixth, a session for another audience, is in tests/workerd/session.test.mjs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';

import { diffUsers, isPalmError, updateUser } from 'palm-user';
import { createGateway } from 'palm-user/edge';

const USER = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: {},
  status: 'active',
};

describe('a member that is gone, and one that is undefined, which JSON leaves out', () => {
  const a = { a: '1' };
  const cases = [
    ['gone', { metadata: a }, { metadata: {} }, { metadata: { a: null } }],
    ['undefined', { metadata: a }, { metadata: { a: undefined } }, { metadata: { a: null } }],
    ['gone with its metadata', { metadata: a }, {}, { metadata: { a: null } }],
    ['undefined metadata', { metadata: a }, { metadata: undefined }, { metadata: { a: null } }],
    ['undefined after', { metadata: {} }, { metadata: { a: undefined } }, {}],
    ['undefined and then there', { metadata: { a: undefined } }, { metadata: a }, { metadata: a }],
    ['gone beside one that stays', { metadata: { ...a, b: '2' } }, { metadata: { b: '2' } }, { metadata: { a: null } }],
  ];
  for (const [name, before, after, expected] of cases) {
    test(name, () => assert.deepEqual(diffUsers(before, after), expected));
  }

  for (const after of [{}, { display_name: undefined }]) {
    test(`a display_name that is ${'display_name' in after ? 'undefined' : 'gone'} is told, as no patch removes one`, () => {
      assert.throws(() => diffUsers({ display_name: 'Ada' }, after), (error) => isPalmError(error));
    });
  }
});

test('CommonJS stays CommonJS: no file that require() loads asks for a module', async () => {
  const require = createRequire(import.meta.url);
  const [edge, core] = ['palm-user/edge', 'palm-user'].map((name) => require.resolve(name));
  assert.match(edge, /edge\.cjs$/);
  assert.match(core, /index\.cjs$/);
  for (const file of [edge, core]) {
    const calls = (await readFile(file, 'utf8')).matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g);
    const asked = [...new Set([...calls].map(([, name]) => name))];
    assert.deepEqual(asked, file === edge ? ['./index.cjs'] : [], file);
  }
  // Loaded for real, as Node.js without require() of modules would.
  const { PalmError } = require('palm-user');
  assert.throws(() => require('palm-user/edge').createGateway({}), PalmError);
});

describe('a system code that holds the key', () => {
  const key = 'sk_test_SECRET0123456789';
  const codes = [key, `ECONNRESET_${key}`, `${key}\nECONNRESET`, `ECONNRESET\n${key}`, `ECONNRESET ${key}`];
  for (const [index, code] of codes.entries()) {
    for (const thrown of [Object.assign(new Error('lost'), { code }), new TypeError('fetch failed', { cause: { code } })]) {
      test(`code ${index}, ${thrown.code === undefined ? 'of the cause' : 'of the error'}`, async () => {
        const options = { apiKey: key, maxRetries: 0, fetch: () => Promise.reject(thrown) };
        const error = await updateUser('palm_usr_1', { display_name: 'Ada' }, options).catch((caught) => caught);
        assert.ok(isPalmError(error, 'network'));
        const told = [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 9, showHidden: true })].join('\n');
        assert.doesNotMatch(told, /SECRET0123456789/i);
      });
    }
  }

  test('a real one is told', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
    const error = await updateUser('palm_usr_1', { display_name: 'Ada' }, { apiKey: key, maxRetries: 0, fetch }).catch((caught) => caught);
    assert.match(inspect(error, { depth: 9 }), /ECONNREFUSED/);
  });
});

describe('an answer of 8 MiB', () => {
  const MAX = 8 * 1024 * 1024;
  /** A user in so many bytes of valid JSON. */
  const answer = (bytes) => {
    const empty = JSON.stringify({ ...USER, metadata: { pad: '' } });
    return JSON.stringify({ ...USER, metadata: { pad: 'x'.repeat(bytes - empty.length) } });
  };
  const call = (text) => {
    const fetch = async () => new Response(text, { headers: { 'content-type': 'application/json' } });
    return updateUser('palm_usr_1', { metadata: { pad: null } }, { apiKey: 'sk_test_0', maxRetries: 0, fetch });
  };

  test('is a user', async () => assert.equal((await call(answer(MAX))).id, USER.id));

  test('and a byte is none, though it is valid JSON', async () => {
    const error = await call(answer(MAX + 1)).catch((caught) => caught);
    assert.ok(isPalmError(error, 'bad_response'));
    assert.equal(error.outcome, 'applied');
  });
});

describe('a header that means another method', () => {
  for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override', 'X-Method-Override']) {
    test(header, async () => {
      let isCalled = false;
      const upstream = async () => {
        isCalled = true;
        return Response.json(USER);
      };
      const gateway = createGateway({ apiKey: 'sk_test_0', identify: () => 'palm_usr_1', writable: { display_name: true }, fetch: upstream });
      const headers = { 'content-type': 'application/json', [header]: 'DELETE' };
      const request = new Request('https://app.example/v1/user/me', { method: 'PATCH', headers, body: '{"display_name": "Ada"}' });
      assert.equal((await gateway(request)).status, 400);
      assert.ok(!isCalled);
    });
  }
});
