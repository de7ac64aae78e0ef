// Where a key may be used: on servers, also those that look like a browser. Each
// global is planted and taken away again.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isPalmError, updateUser } from 'palm-user';

const USER = { id: 'x', object: 'user', created_at: '2025-10-24T10:30:00Z', updated_at: '2025-10-24T10:30:00Z', metadata: {}, status: 'active' };

/** Whether a key is used with these globals in place of Node.js's own. */
async function usesKey(globals) {
  const names = ['process', 'navigator', 'document', 'Deno', 'EdgeRuntime', 'WorkerGlobalScope'];
  const before = new Map(names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  const { process: own } = globalThis;
  try {
    for (const name of names) {
      const value = name === 'process' && !('process' in globals) ? own : globals[name];
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    const fetch = async () => Response.json(USER);
    await updateUser('palm_usr_1', { display_name: 'Ada' }, { apiKey: 'sk_test_0', maxRetries: 0, fetch });
    return true;
  } catch (error) {
    assert.ok(isPalmError(error, 'unsafe_environment'), String(error));
    return false;
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) delete globalThis[name];
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

const nowhere = { process: undefined };
function Scope() {}
Object.defineProperty(Scope, Symbol.hasInstance, { value: () => true });

for (const [name, globals, expected] of [
  ['Node.js', {}, true],
  ['Node.js with a document, as tests of pages have', { document: {} }, true],
  ['Node.js with what looks like a phone', { navigator: { product: 'ReactNative' } }, true],
  ['Deno with a document', { ...nowhere, Deno: { version: { deno: '2.0.0' } }, document: {} }, true],
  ['Cloudflare Workers with a document', { ...nowhere, navigator: { userAgent: 'Cloudflare-Workers' }, document: {} }, true],
  ['Edge Runtime with a document', { ...nowhere, EdgeRuntime: 'edge-runtime', document: {} }, true],
  ['an unknown runtime', nowhere, true],
  ['one with another navigator', { ...nowhere, navigator: { userAgent: 'Other', product: 'Gecko' } }, true],
  ['a page', { ...nowhere, document: {} }, false],
  ['a page whose bundler has a process', { process: { env: {} }, document: {} }, false],
  ['a page with things called Deno and EdgeRuntime', { ...nowhere, Deno: {}, EdgeRuntime: {}, document: {} }, false],
  ['a worker of a page', { ...nowhere, WorkerGlobalScope: Scope }, false],
  ['a class of that name, of something else', { ...nowhere, WorkerGlobalScope: class {} }, true],
  ['React Native', { ...nowhere, navigator: { product: 'ReactNative' } }, false],
]) {
  test(`${name}: ${expected ? 'a key is used' : 'a key is refused'}`, async () => assert.equal(await usesKey(globals), expected));
}
