// A trap, a full stack, a full memory: an error, and the next call is right.
// The module is the published one; an import is made to lie to it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { serve, ok } from './server.mjs';

const USER = { metadata: { a: '1' }, status: 'active' };

/** Each import may be replaced for a while. */
const imports = {};
let instances = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, {
  construct(target, [module, given]) {
    // The one that decodes the other imports nothing.
    if (given === undefined) return new target(module);
    instances++;
    const wrapped = {};
    for (const [from, functions] of Object.entries(given)) {
      wrapped[from] = {};
      for (const [name, original] of Object.entries(functions)) {
        const plain = name.replace(/^__wbg_(\w+)_[0-9a-f]{16}$/, '$1');
        wrapped[from][name] = (...args) => (imports[plain] ?? original)(...args);
      }
    }
    return new target(module, wrapped);
  },
});

const palm = await import('palm-user');

/** The memory of the last instance. */
let exported;

/** More members than memory holds: the module traps when it makes room for them. */
const lie = (out) => {
  new DataView(exported.buffer).setUint32(out, 0xffff_ffff, true);
  return 1;
};

const { exports: exportsOf } = Object.getOwnPropertyDescriptors(Instance.prototype);
Object.defineProperty(Instance.prototype, 'exports', {
  ...exportsOf,
  get() {
    const all = exportsOf.get.call(this);
    exported = all.memory;
    return all;
  },
});

/** While `describe` lies, every call that reads an object traps. */
function whileLying(run) {
  imports.describe = (place, out) => lie(out);
  try {
    return run();
  } finally {
    delete imports.describe;
  }
}

const works = () => {
  assert.deepEqual(palm.applyPatch(USER, { metadata: { a: '2' } }).metadata, { a: '2' });
  assert.equal(palm.fingerprint('a'), 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb');
};
const isInternal = (outcome) => (error) => palm.isPalmError(error, 'internal') && error.outcome === outcome;

describe('after a trap', () => {
  test('the call fails with an error, and the next has a new instance', () => {
    works();
    const before = instances;
    assert.throws(() => whileLying(() => palm.applyPatch(USER, { metadata: { a: [] } })), isInternal('not_sent'));
    works();
    assert.equal(instances, before + 1);
  });

  test('validatePatch reports it', () => {
    const report = whileLying(() => palm.validatePatch({ metadata: { a: [] } }));
    assert.equal(report.valid, false);
    assert.equal(report.errors[0].code, 'unreadable');
    works();
  });

  test('a thousand times in turn', () => {
    for (let round = 0; round < 1000; round++) {
      assert.throws(() => whileLying(() => palm.applyPatch(USER, { metadata: { a: [] } })), isInternal('not_sent'));
      works();
    }
  });

  test('within a call, the outer one goes on', () => {
    const patch = {
      get metadata() {
        assert.throws(() => whileLying(() => palm.composePatches({}, {})), isInternal('not_sent'));
        return { a: '3' };
      },
    };
    assert.deepEqual(palm.applyPatch(USER, patch).metadata, { a: '3' });
    works();
  });
});

describe('calls under way', () => {
  test('go on beside a trap', async (t) => {
    const server = await serve(async (response, request) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return ok(response, request);
    });
    t.after(() => server.close());
    const call = palm.updateUser('u', { display_name: 'Ada' }, { baseUrl: server.baseUrl });
    assert.throws(() => whileLying(() => palm.composePatches({}, {})), isInternal('not_sent'));
    assert.equal((await call).display_name, 'Ada');
  });

  test('that trap themselves after the answer do not say that nothing was sent', async (t) => {
    const full = () => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    const server = await serve((response, request) => {
      imports.property = full;
      return ok(response, request);
    });
    t.after(() => server.close());
    try {
      await assert.rejects(palm.updateUser('u', { display_name: 'Ada' }, { baseUrl: server.baseUrl }), isInternal('unknown'));
    } finally {
      delete imports.property;
    }
    works();
  });
});

test('a full stack', () => {
  const results = new Set();
  const dive = () => {
    try {
      results.add(palm.validatePatch({ metadata: { a: '1' } }).valid);
      palm.applyPatch(USER, { metadata: { a: '2' } });
    } catch (error) {
      // Ours, or the full stack of this function itself.
      results.add(palm.isPalmError(error) ? error.code : error.constructor.name);
    }
    dive();
  };
  // From several depths, so that it is full at other places of ours.
  const from = (depth) => (depth === 0 ? assert.throws(dive, RangeError) : from(depth - 1));
  for (let depth = 0; depth < 25; depth++) from(depth);
  for (const result of results) assert.ok([true, false, 'internal', 'RangeError'].includes(result), String(result));
  works();
});

test('memory that one call made large is let go of', () => {
  const before = instances;
  palm.fingerprint('x'.repeat(40_000_000));
  assert.ok(exported.buffer.byteLength > 33_554_432);
  works();
  assert.equal(instances, before + 1);
  assert.ok(exported.buffer.byteLength < 4_000_000);
});
