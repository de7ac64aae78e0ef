// `palm-user/web` as a page uses it, but for the fetch of the module.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import init, { fingerprint, isPalmError, validatePatch } from 'palm-user/web';

test('before init every call says what to do', () => {
  assert.throws(() => fingerprint('abc'), (error) => isPalmError(error, 'not_ready') && /init\(\)/.test(error.message));
  const { valid, errors } = validatePatch({});
  assert.equal(valid, false);
  assert.deepEqual(errors.map(({ code, path }) => [code, path]), [['not_ready', []]]);
  assert.match(errors[0].message, /init\(\)/);
});

test('a module that is not there', async () => {
  const missing = Promise.resolve(new Response('', { status: 404 }));
  await assert.rejects(init(missing), (error) => isPalmError(error, 'network') && error.status === 404);
});

test('init takes a response, and a second one does nothing', async () => {
  const file = createRequire(import.meta.url).resolve('palm-user/palm_user.wasm');
  const headers = { 'content-type': 'application/wasm' };
  await init(Promise.resolve(new Response(readFileSync(file), { headers })));
  await init('https://example.invalid/never-fetched.wasm');
  assert.match(fingerprint('abc'), /^ba7816bf/);
});
