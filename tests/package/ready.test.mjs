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
