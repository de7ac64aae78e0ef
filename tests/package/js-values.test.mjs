// Values that only JavaScript has: each gets its code and pointer, and nothing
// else is thrown.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import vm from 'node:vm';

import * as palm from 'palm-user';

const { applyPatch, composePatches, diffUsers, fingerprint, fingerprintMany, invertPatch, patchSchema, validatePatch } = palm;

const cyclic = {};
cyclic.self = { again: cyclic };
const deep = {};
let end = deep;
for (let level = 0; level < 100_000; level++) end = end.x = {};
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const boom = () => {
  throw new Error('boom');
};
const throwing = new Proxy({}, { ownKeys: boom, get: boom, getPrototypeOf: boom, has: boom });
class Tier {
  name = 'premium';
}
const shared = Array.from({ length: 30 }).reduce((inner) => [inner, inner], 'x');
const hole = [];
hole.length = 4_000_000_000;

/** [what, the patch, errors, warnings], as code and pointer. */
const VALUES = [
  ['undefined', undefined, ['not_an_object ']],
  ['a function', () => {}, ['not_an_object ']],
  ['a symbol', Symbol('x'), ['not_an_object ']],
  ['a BigInt', 1n, ['not_an_object ']],
  ['a Date', new Date(), ['not_an_object ']],
  ['a Map', new Map(), ['not_an_object ']],
  ['an instance of a class', new Tier(), ['not_an_object ']],
  ['a revoked proxy', revoked.proxy, ['unreadable ']],
  ['a proxy that throws', throwing, ['unreadable ']],
  ['a proxy that throws on its keys', new Proxy({}, { ownKeys: boom }), ['unreadable ']],
  ['a getter that throws', { get metadata() { throw new Error('boom'); } }, ['unreadable ']],
  ['NaN', { metadata: { a: NaN } }, ['not_json /metadata/a']],
  ['Infinity', { metadata: { a: -Infinity } }, ['not_json /metadata/a']],
  ['a BigInt value', { metadata: { a: 1n } }, ['not_json /metadata/a']],
  ['a function value', { metadata: { a() {} } }, ['not_json /metadata/a']],
  ['a symbol value', { metadata: { a: Symbol('x') } }, ['not_json /metadata/a']],
  ['a Date value', { metadata: { a: new Date() } }, ['not_json /metadata/a']],
  ['a Map value', { metadata: { a: new Map() } }, ['not_json /metadata/a']],
  ['a boxed string', { metadata: { a: new String('x') } }, ['not_json /metadata/a']],
  ['a class instance', { metadata: { a: new Tier() } }, ['not_json /metadata/a']],
  ['metadata as a Map', { metadata: new Map() }, ['wrong_type /metadata']],
  ['display_name as a function', { display_name() {} }, ['wrong_type /display_name']],
  ['a toJSON function', { metadata: { a: { toJSON: () => 'x' } } }, ['not_json /metadata/a/toJSON'], ['undocumented_value /metadata/a']],
  ['a lone surrogate', { metadata: { a: '\ud800' } }, ['ill_formed_string /metadata/a']],
  ['a lone surrogate in the name', { display_name: 'x\udc00' }, ['ill_formed_string /display_name']],
  ['a lone surrogate in a key', { metadata: { 'a\ud800': 'x' } }, ['ill_formed_string /metadata/a\ufffd']],
  ['a lone surrogate further down', { metadata: { a: ['\udfff'] } }, ['ill_formed_string /metadata/a/0'], ['undocumented_value /metadata/a']],
  ['a cycle', { metadata: { a: cyclic } }, ['cyclic /metadata/a/self/again'], ['undocumented_value /metadata/a']],
  ['100,000 levels', { metadata: { a: deep } }, [`too_deep /metadata/a${'/x'.repeat(62)}`], ['undocumented_value /metadata/a']],
  ['2^30 values in 30 arrays', { metadata: { a: shared } }, ['too_long'], ['undocumented_value /metadata/a']],
  ['a getter further down', { metadata: { a: { get b() { throw new Error('boom'); } } } }, ['unreadable /metadata/a'], ['undocumented_value /metadata/a']],
  ['a hole', { metadata: { a: ['x', , 'y'] } }, ['not_json /metadata/a/1'], ['undocumented_value /metadata/a']],
  ['an array that is all hole', { metadata: { a: hole } }, ['not_json /metadata/a/0'], ['undocumented_value /metadata/a']],
  ['undefined in an array', { metadata: { a: [undefined] } }, ['not_json /metadata/a/0'], ['undocumented_value /metadata/a']],
  ['undefined members', { metadata: { a: undefined }, display_name: undefined }, [], ['ignored_undefined /metadata/a', 'ignored_undefined /display_name', 'empty_patch ']],
  ['undefined metadata', { metadata: undefined, display_name: 'x' }, [], ['ignored_undefined /metadata']],
  ['-0', { metadata: { a: -0 } }, [], ['undocumented_value /metadata/a']],
  ['an object without a prototype', Object.assign(Object.create(null), { display_name: 'x' }), [], []],
  ['an object of another realm', vm.runInNewContext('({ metadata: { a: "x" }, display_name: "y" })'), [], []],
  ['a proxy of a plain object', new Proxy({ metadata: { a: 'x' } }, {}), [], []],
  ['symbol keys and hidden members', Object.defineProperty({ [Symbol('s')]: 1, display_name: 'x' }, 'hidden', { value: 1 }), [], []],
];

const show = ({ code, pointer }) => (code === 'too_long' ? code : `${code} ${pointer}`);

test('a million keys are counted, and refused', () => {
  const metadata = Object.fromEntries(Array.from({ length: 1_000_000 }, (_, index) => [`key_${index}`, 'x']));
  const [error] = validatePatch({ metadata }).errors;
  assert.deepEqual([error.code, error.params.actual], ['too_many_keys', 1_000_000]);
});

describe('validatePatch never throws', () => {
  for (const [name, patch, errors, warnings = []] of VALUES) {
    test(name, () => {
      const report = validatePatch(patch);
      assert.deepEqual(report.errors.map(show), errors);
      assert.deepEqual(report.warnings.map(show), warnings);
      assert.equal(report.valid, errors.length === 0);
      // The schema says the same.
      const result = patchSchema['~standard'].validate(patch);
      assert.deepEqual(result.issues?.map(({ path }) => path), report.valid ? undefined : report.errors.map(({ path }) => path));
      // And the instance still answers.
      assert.ok(validatePatch({ display_name: 'x' }).valid);
    });
  }

  for (const options of [null, 5, 'x', [], { limit: {} }, { limits: { maxKeys: -1 } }, { limits: { maxKeys: 1.5 } }, { limits: 5 }, { current: 5 }, throwing]) {
    test(`wrong options: ${typeof options === 'object' && options === throwing ? 'a throwing proxy' : JSON.stringify(options)}`, () => {
      const { valid, errors } = validatePatch({ display_name: 'x' }, options);
      assert.equal(valid, false);
      assert.deepEqual(errors.map(({ code }) => code), ['invalid_options']);
    });
  }

  test('a report lists 100 issues and says that there are more', () => {
    const metadata = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, NaN]));
    const report = validatePatch({ metadata });
    assert.equal(report.errors.length, 100);
    assert.equal(report.truncated, true);
  });

  test('the report of a patch without issues cannot be spoilt for the next', () => {
    const report = validatePatch({ display_name: 'x' });
    assert.deepEqual(report, { valid: true, errors: [], warnings: [] });
    assert.throws(() => report.errors.push('x'), TypeError);
    assert.throws(() => { report.valid = false; }, TypeError);
  });

  test('a million keys', () => {
    const metadata = {};
    for (let index = 0; index < 1_000_000; index++) metadata[`k${index}`] = 'x';
    const { errors } = validatePatch({ metadata });
    assert.deepEqual(errors.map(show), ['too_many_keys /metadata']);
    assert.deepEqual(errors[0].params, { limit: 50, actual: 1_000_000 });
  });
});

describe('the other functions throw a PalmError, and only that', () => {
  const user = Object.freeze({ metadata: Object.freeze({ a: '1' }) });
  for (const [name, value, errors] of VALUES) {
    test(name, () => {
      const attempt = (code, call) => {
        try {
          call();
          return true;
        } catch (error) {
          assert.ok(palm.isPalmError(error, code), `${error?.code}: ${error?.stack}`);
          return false;
        }
      };
      assert.equal(attempt('invalid_patch', () => applyPatch(user, value)), errors.length === 0);
      assert.equal(attempt('invalid_patch', () => composePatches({}, value)), errors.length === 0);
      assert.equal(attempt('invalid_patch', () => invertPatch(value, user)), errors.length === 0);
      attempt('invalid_value', () => diffUsers(user, value));
      attempt('invalid_value', () => applyPatch(value, { metadata: { a: '1' } }));
      attempt('invalid_value', () => fingerprint(value));
      attempt('invalid_value', () => fingerprintMany(value));
      attempt('invalid_value', () => fingerprintMany([value]));
      attempt('invalid_value', () => fingerprint('x', value));
    });
  }
});

test('what is shown is what JSON carries', () => {
  const patch = { metadata: { a: { b: undefined, c: [1, { d: undefined }] }, e: undefined } };
  const after = applyPatch({ metadata: { e: 'stays' } }, patch);
  assert.deepEqual(after, { metadata: { e: 'stays', a: { c: [1, {}] } } });
  assert.ok(!('b' in after.metadata.a));
});

test('two endless documents are compared no further than they are read', () => {
  const endless = () => Array.from({ length: 40 }).reduce((inner) => [inner, inner], 'x');
  const [before, after] = [{ metadata: { a: endless() } }, { metadata: { a: endless() } }];
  assert.throws(() => diffUsers(before, after), (error) => palm.isPalmError(error, 'invalid_value') && error.issues[0].code === 'too_long');
});

test('a getter is read once, so what was checked is what is used', () => {
  let reads = 0;
  const patch = { metadata: { get a() { return ++reads === 1 ? 'checked' : NaN; } } };
  assert.equal(applyPatch({ metadata: {} }, patch).metadata.a, 'checked');
  assert.equal(reads, 1);
});

test('a later change of the patch does not reach the user', () => {
  const patch = { metadata: { a: { b: ['x'] } } };
  const after = applyPatch({ metadata: {} }, patch);
  patch.metadata.a.b.push('y');
  assert.deepEqual(after.metadata.a, { b: ['x'] });
});

test('prototypes stay as they were', () => {
  const patch = JSON.parse('{"metadata": {"__proto__": {"polluted": true}, "constructor": "x"}}');
  const after = applyPatch({ metadata: {} }, patch);
  assert.equal(Object.getPrototypeOf(after.metadata), Object.prototype);
  assert.deepEqual(Object.keys(after.metadata), ['__proto__', 'constructor']);
  assert.equal({}.polluted, undefined);
  assert.equal(after.metadata.polluted, undefined);
});

test('a lone surrogate has no fingerprint', () => {
  for (const value of ['\ud800', 'a\udc00b', 'x'.repeat(1000) + '\udfff']) {
    assert.throws(() => fingerprint(value), (error) => error.issues[0].code === 'ill_formed_string');
    assert.throws(() => fingerprintMany(['a', value]), (error) => error.issues[0].pointer === '/1');
  }
  assert.match(fingerprint('\ufffd'), /^[0-9a-f]{64}$/);
});

test('bytes have a fingerprint of the kind exact only', () => {
  assert.throws(() => fingerprint(new Uint8Array([97]), 'email'), (error) => palm.isPalmError(error, 'invalid_value'));
  const foreign = vm.runInNewContext('new Uint8Array([97, 98, 99])');
  assert.equal(fingerprint(foreign), fingerprint('abc'));
});
