// `ready()` does the work of the first call before it, and changes nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const { Module, compile } = WebAssembly;

/** The package as no call has used it yet, and how often it compiles: [at once, aside]. */
async function fresh() {
  const counts = [0, 0];
  WebAssembly.Module = new Proxy(Module, {
    construct(target, [bytes]) {
      // The other one, of a few hundred bytes, decodes it.
      if (bytes.length > 1_000) counts[0]++;
      return new target(bytes);
    },
  });
  WebAssembly.compile = (bytes) => {
    counts[1]++;
    return compile(bytes);
  };
  const file = import.meta.resolve('palm-user');
  return { ...(await import(`${file}?${Math.random()}`)), counts };
}

const patch = { metadata: { notes: 'x' } };

test('after ready() the first call compiles nothing, and a second ready() neither', async () => {
  const { applyPatch, counts, ready, validatePatch } = await fresh();
  assert.equal(await ready(), undefined);
  assert.deepEqual(counts, [0, 1]);
  assert.equal(validatePatch(patch).valid, true);
  assert.deepEqual(applyPatch({ metadata: {} }, patch), patch);
  await ready();
  assert.deepEqual(counts, [0, 1]);
});

test('it runs what a first edit runs, and two at once compile once', async () => {
  const called = new Set();
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    return { exports: new Proxy(exports, { get: (all, name) => (called.add(name), all[name]) }) };
  };
  const { counts, ready } = await fresh();
  await Promise.all([ready(), ready()]).finally(() => (WebAssembly.Instance = Instance));
  assert.ok(called.has('judgePatch'), [...called].join());
  assert.deepEqual(counts, [0, 1]);
});

test('a store on a page calls it once the browser is idle; elsewhere a store compiles nothing', async () => {
  const make = ({ createUserStore }) => createUserStore({ userId: 'palm_usr_1', user: { id: 'palm_usr_1', metadata: {}, updated_at: '2026-01-01T00:00:00Z' }, send: () => undefined }).close();
  const server = await fresh();
  make(server);
  const idle = [];
  globalThis.document = {};
  globalThis.requestIdleCallback = (run) => idle.push(run);
  try {
    const page = await fresh();
    make(page);
    assert.deepEqual(page.counts, [0, 0]);
    assert.equal(idle.length, 1);
    idle[0]();
    await page.ready();
    assert.equal(page.validatePatch(patch).valid, true);
    assert.deepEqual(page.counts, [0, 1]);
    make(page);
    assert.equal(idle.length, 1);
  } finally {
    delete globalThis.document;
    delete globalThis.requestIdleCallback;
  }
  assert.deepEqual(server.counts, [0, 0]);
});

test('a call need not wait for ready()', async () => {
  const { counts, ready, validatePatch } = await fresh();
  const isReady = ready();
  assert.equal(validatePatch(patch).valid, true);
  await isReady;
  assert.equal(validatePatch({ metadata: 1 }).errors[0].code, 'wrong_type');
  assert.deepEqual(counts, [1, 1]);
});

test('without ready() the first call compiles', async () => {
  const { counts, validatePatch } = await fresh();
  assert.equal(validatePatch(patch).valid, true);
  assert.deepEqual(counts, [1, 0]);
});

test('where WebAssembly is missing, ready() says so, and so do the calls after it', async () => {
  const { fingerprint, isPalmError, ready } = await fresh();
  const wasm = globalThis.WebAssembly;
  delete globalThis.WebAssembly;
  try {
    const isUnsupported = (error) => isPalmError(error, 'unsupported_engine');
    await assert.rejects(ready(), isUnsupported);
    assert.throws(() => fingerprint('abc'), isUnsupported);
  } finally {
    globalThis.WebAssembly = wasm;
  }
  await ready();
  assert.match(fingerprint('abc'), /^ba7816bf/);
});
