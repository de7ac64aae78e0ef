// Faults that were found and mended, each as a class.

import './paths.mjs';

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import vm from 'node:vm';

import { applyPatch, composePatches, diffUsers, fingerprint, fingerprintMany, invertPatch, isPalmError, updateUser, validatePatch } from 'palm-user';

import { isSlow, onSlowPath, outcome, told, work } from './paths.mjs';

const sha256 = (value) => createHash('sha256').update(value).digest('hex');
const refused = (run, code) => assert.throws(run, (error) => isPalmError(error, code) || assert.fail(String(error?.stack ?? error)));
const names = (prefix, count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));
const hidden = (object, key, value) => Object.defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

// The first call makes the instance, and takes the slow path.
validatePatch({ display_name: 'x' });

/** Both paths give the same; `make` gives new inputs each time. */
function assertSame(make) {
  const all = (wrap) => {
    const { run, known } = make();
    return wrap(() => told(run, known));
  };
  assert.equal(all((run) => run()), all(onSlowPath));
}

test('the harness tells the two paths apart', () => {
  const patch = { metadata: { a: '1', b: null }, display_name: 'Ada' };
  const run = () => applyPatch({ metadata: { b: '2' } }, patch);
  assert.equal(isSlow(run), false);
  assert.equal(onSlowPath(() => isSlow(run)), true);
  assert.equal(isSlow(() => validatePatch(patch)), false);
  assert.equal(onSlowPath(() => isSlow(() => validatePatch(patch))), true);
});

describe('fingerprint of bytes believes nothing that an object says of its length', () => {
  const LIES = {
    'an own length': (bytes, length) => Object.defineProperty(bytes, 'length', { value: length }),
    'an own getter': (bytes, length) => Object.defineProperty(bytes, 'length', { get: () => length }),
    'own byteLength and byteOffset': (bytes, length) => Object.defineProperties(bytes, { byteLength: { value: length }, byteOffset: { value: length } }),
    'a subclass': (bytes, length) => Object.setPrototypeOf(bytes, class extends Uint8Array {
      get length() {
        return length;
      }
      get byteLength() {
        return length;
      }
    }.prototype),
    'an own buffer': (bytes, length) => Object.defineProperty(bytes, 'buffer', { value: new ArrayBuffer(Math.min(Math.max(length, 0), 64)) }),
    'a foreign tag': (bytes) => Object.defineProperty(bytes, Symbol.toStringTag, { value: 'Float64Array' }),
    'no prototype': (bytes) => Object.setPrototypeOf(bytes, null),
    'its own iterator, set and slice': (bytes) => Object.assign(bytes, { [Symbol.iterator]: () => [].values(), set: () => undefined, slice: () => [], subarray: () => [] }),
  };
  // In a process of its own: the large one writes over what the module knows.
  const program = (lie) => `
    import { createHash } from 'node:crypto';
    import { fingerprint, fingerprintMany } from 'palm-user';
    const sha256 = (value) => createHash('sha256').update(value).digest('hex');
    const answers = [];
    const ask = (run, expect) => {
      try {
        if (run() !== expect) answers.push('wrong');
      } catch (error) {
        answers.push(error?.code ?? String(error));
      }
    };
    for (const [size, length] of [[3, 0], [3, 2], [3, 1e9], [3, -1], [0, 3], [200_000, 64], [1_100_000, 0]]) {
      const make = () => new Uint8Array(size).fill(0xff);
      const lying = make();
      (${lie})(lying, length);
      ask(() => fingerprint(lying), sha256(make()));
      ask(() => fingerprint('abc'), sha256('abc'));
      ask(() => fingerprint('Ada@example.com', 'email'), sha256('ada@example.com'));
      ask(() => fingerprint('b'.repeat(1000)), sha256('b'.repeat(1000)));
      ask(() => fingerprintMany(['abc', 'def', 'ghi', 'jkl', 'mno'])[4], sha256('mno'));
      answers.push(size);
    }
    console.log(answers.join(' '));
  `;
  for (const [name, lie] of Object.entries(LIES)) {
    test(name, () => {
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', program(String(lie))], { encoding: 'utf8' });
      assert.equal(output.trim(), '3 3 3 3 0 200000 1100000');
    });
  }

  const other = (make) => Object.defineProperty(make, Symbol.toStringTag, { value: 'Uint8Array' });
  for (const [name, value] of [
    ['another typed array', other(new Float64Array([1, 2, 3]))],
    ['a typed array of signed bytes', other(new Int8Array([1, 2, 3]))],
    ['a view', other(new DataView(new ArrayBuffer(3)))],
    ['a buffer', other(new ArrayBuffer(3))],
    ['a plain object', other({ length: 3, 0: 1, 1: 2, 2: 3 })],
    ['a proxy', new Proxy(new Uint8Array([1, 2, 3]), {})],
  ]) {
    test(`${name} that calls itself a Uint8Array is none`, () => refused(() => fingerprint(value), 'invalid_value'));
  }

  test('what the bytes are: of another realm, shared, a part of a buffer, of a buffer that shrank', () => {
    assert.equal(fingerprint(vm.runInNewContext('new Uint8Array([97, 98, 99])')), sha256('abc'));
    assert.equal(fingerprint(Buffer.from('abc')), sha256('abc'));
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    shared.set([97, 98, 99]);
    assert.equal(fingerprint(shared), sha256('abc'));
    assert.equal(fingerprint(new Uint8Array(Buffer.from('xxabcxx').buffer.slice(0), 0, 0)), sha256(''));
    const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
    const tracking = new Uint8Array(buffer);
    const part = new Uint8Array(buffer, 4, 4);
    buffer.resize(2);
    assert.equal(fingerprint(tracking), sha256(new Uint8Array(2)));
    // Bytes that are gone are not the empty text.
    refused(() => fingerprint(part), 'invalid_value');
    const gone = new Uint8Array(8);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    refused(() => fingerprint(gone), 'invalid_value');
  });

  test('a list that lies about its length gives a fingerprint for each text, or an error', () => {
    const list = ['a', 'b', 'c'];
    for (const length of [0, 1, 2 ** 32, -1, NaN, '2', { valueOf: () => 2 }]) {
      let reads = 0;
      const lying = new Proxy(list, { get: (target, key) => (key === 'length' ? (reads++ % 2 === 0 ? length : 3) : target[key]) });
      const { value, thrown } = outcome(() => fingerprintMany(lying));
      if (thrown !== undefined) assert.ok(isPalmError(thrown, 'invalid_value'), String(thrown));
      else value.forEach((digits, index) => assert.equal(digits, sha256(list[index])));
      assert.equal(fingerprint('abc'), sha256('abc'));
    }
  });
});

describe('a report is that of its patch, whatever was reported before or meanwhile', () => {
  const inner = [
    { metadata: { a: 1 } },
    { metadata: { a: 1, x: NaN } },
    { metadata: { a: 1, x: true } },
    { metadata: { a: 'x' } },
    { display_name: 5 },
    { displayName: 'x' },
  ];
  const asked = [...inner, { metadata: { a: 1, x: 'y' } }, { metadata: { a: 1, x: 5n, y: 5 } }, { metadata: { a: true } }];
  const expected = asked.map((patch) => onSlowPath(() => told(() => validatePatch(patch))));

  test('a getter that asks for another report', () => {
    for (const patch of inner) {
      for (const answer of [NaN, 5, 'x', true, null, undefined, 5n]) {
        for (const throws of [true, false]) {
          asked.forEach((of, index) => {
            let isAsked = false;
            const metadata = {
              a: 1,
              get x() {
                if (!isAsked) for (let times = 0; times < 3; times++) validatePatch(patch);
                isAsked = true;
                return answer;
              },
              get y() {
                if (throws) throw new Error('boom');
                return 'y';
              },
            };
            validatePatch({ metadata });
            assert.equal(told(() => validatePatch(of)), expected[index], `after ${String(answer)}`);
          });
        }
      }
    }
  });

  test('the first report and the tenth are the same kind of object', () => {
    asked.forEach((patch, index) => {
      for (let times = 0; times < 10; times++) assert.equal(told(() => validatePatch(patch)), expected[index]);
    });
  });

  test('what somebody does to a report is not in the next', () => {
    for (const patch of [...asked, { display_name: 'x' }]) {
      for (let times = 0; times < 4; times++) {
        const before = onSlowPath(() => JSON.stringify(validatePatch(patch)));
        const report = validatePatch(patch);
        for (const spoil of [() => report.errors.push('x'), () => report.warnings.push('x'), () => (report.valid = 'x'), () => (report.errors[0].params.actual = 'x'), () => report.errors[0].path.push('x'), () => (report.x = 1)]) outcome(spoil);
        assert.equal(JSON.stringify(validatePatch(patch)), before);
      }
    }
  });
});

describe('an array is no plain object, whatever its prototype', () => {
  const user = () => ({ metadata: { a: '1' }, display_name: 'Ada' });
  const CALLS = {
    'validatePatch: the patch': (array) => validatePatch(array({ display_name: 'x' })),
    'validatePatch: its metadata': (array) => validatePatch({ metadata: array(['x']) }),
    'validatePatch: a value': (array) => validatePatch({ metadata: { a: array(['x']) } }),
    'validatePatch: current': (array) => validatePatch({ display_name: 'x' }, { current: array(user()) }),
    'validatePatch: metadata of current': (array) => validatePatch({ metadata: { a: '1' } }, { current: { metadata: array(Object.values(names('', 60))) } }),
    'validatePatch: the options': (array) => validatePatch({ display_name: 'x' }, array({ limits: { maxKeys: 1 } })),
    'validatePatch: the limits': (array) => validatePatch({ display_name: 'xx' }, { limits: array({ maxDisplayNameLength: 1 }) }),
    'applyPatch: the user': (array) => applyPatch(array(user()), { display_name: 'x' }),
    'applyPatch: the stored metadata': (array) => applyPatch({ metadata: array(['p']) }, { metadata: { a: '1' } }),
    'applyPatch: the stored metadata, nothing set': (array) => applyPatch({ metadata: array(['p']) }, { metadata: { a: null } }),
    'applyPatch: the stored metadata, untouched': (array) => applyPatch({ metadata: array(['p']) }, { display_name: 'x' }).display_name,
    'applyPatch: the patch': (array) => applyPatch(user(), array({ display_name: 'x' })),
    'applyPatch: its metadata': (array) => applyPatch(user(), { metadata: array(['x']) }),
    'applyPatch: a value': (array) => applyPatch(user(), { metadata: { a: array(['x', ['y']]) } }),
    'applyPatch: an equal value': (array) => applyPatch({ metadata: { a: ['x'] } }, { metadata: { a: array(['x']) } }),
    'composePatches: the first': (array) => composePatches(array({ display_name: 'x' }), {}),
    'composePatches: the second': (array) => composePatches({}, array({ display_name: 'x' })),
    'composePatches: metadata': (array) => composePatches({ metadata: { a: '1' } }, { metadata: array(['x']) }),
    'diffUsers: before': (array) => diffUsers(array(user()), user()),
    'diffUsers: after': (array) => diffUsers(user(), array(user())),
    'diffUsers: metadata': (array) => diffUsers({ metadata: array(['x']) }, { metadata: { a: '1' } }),
    'diffUsers: an equal value': (array) => diffUsers({ metadata: { a: ['x'] } }, { metadata: { a: array(['x']) } }),
    'invertPatch: the patch': (array) => invertPatch(array({ display_name: 'x' }), user()),
    'invertPatch: the user': (array) => invertPatch({ display_name: 'x' }, array(user())),
    'invertPatch: the stored metadata': (array) => invertPatch({ metadata: { a: '2' } }, { metadata: array(['x']) }),
    'fingerprintMany: the list': (array) => fingerprintMany(array(['x', 'y'])),
  };
  const ordinary = (members) => Object.assign([], members);
  for (const [name, call] of Object.entries(CALLS)) {
    test(name, () => {
      const expected = told(() => call(ordinary));
      for (const prototype of [null, Object.prototype, Object.create(null)]) {
        assert.equal(told(() => call((members) => Object.setPrototypeOf(ordinary(members), prototype))), expected);
        assert.equal(told(() => call((members) => new Proxy(ordinary(members), { getPrototypeOf: () => prototype }))), expected);
      }
    });
  }
});

describe('both paths agree', () => {
  const patches = {
    'the same': () => ({ metadata: { a: '1' }, display_name: 'Ada' }),
    'a value': () => ({ metadata: { a: '2' } }),
    'a new key': () => ({ metadata: { z: '2' } }),
    'a removal': () => ({ metadata: { a: null } }),
    'a name': () => ({ display_name: 'Grace' }),
    'a name and a value': () => ({ metadata: { a: '2' }, display_name: 'Grace' }),
  };
  const ways = { bare: undefined, 'with {}': {}, 'with limits': { limits: { maxKeys: 40, maxValueLength: 100 } } };
  const boom = () => {
    throw new Error('boom');
  };
  const stored = () => ({ id: 'x', metadata: { a: '1', b: '2' }, display_name: 'Ada', vault: { c: 'd' } });
  const USERS = {
    'a stored display_name that is a revoked proxy': () => ({ ...stored(), display_name: revoked() }),
    'a stored value that is a revoked proxy': () => ({ ...stored(), metadata: { a: revoked(), b: '2' } }),
    'another stored value that is a revoked proxy': () => ({ ...stored(), metadata: { a: '1', b: revoked() } }),
    'stored metadata that is a revoked proxy': () => ({ ...stored(), metadata: revoked() }),
    'a stored status and vault that are revoked proxies': () => ({ ...stored(), status: revoked(), vault: revoked() }),
    'a user that is a revoked proxy': revoked,
    ...Object.fromEntries(['getOwnPropertyDescriptor', 'get', 'has', 'ownKeys', 'getPrototypeOf'].flatMap((trap) => [
      [`a user whose ${trap} throws`, () => new Proxy(stored(), { [trap]: boom })],
      [`stored metadata whose ${trap} throws`, () => ({ ...stored(), metadata: new Proxy(stored().metadata, { [trap]: boom }) })],
    ])),
    'a user that hides its members from getOwnPropertyDescriptor': () => new Proxy(stored(), { getOwnPropertyDescriptor: () => undefined }),
    'stored metadata that hides its members so': () => ({ ...stored(), metadata: new Proxy(stored().metadata, { getOwnPropertyDescriptor: () => undefined }) }),
    'stored members that are not enumerable': () => ({ ...stored(), metadata: hidden({ b: '2' }, 'a', '1') }),
    'fields of the user that are not enumerable': () => hidden(hidden({ id: 'x' }, 'metadata', { a: '1' }), 'display_name', 'Ada'),
    'a getter in the stored metadata that throws': () => ({ ...stored(), metadata: Object.defineProperty({ b: '2' }, 'a', { get: boom, enumerable: true }) }),
    'a getter as the stored display_name that throws': () => Object.defineProperty({ ...stored() }, 'display_name', { get: boom, enumerable: true }),
    'a getter as the stored status that throws': () => Object.defineProperty({ ...stored() }, 'status', { get: boom, enumerable: true }),
    'a stored name in a box': () => ({ ...stored(), display_name: new String('Ada') }),
  };
  for (const [name, of] of Object.entries(USERS)) {
    test(name, () => {
      for (const patch of Object.values(patches)) {
        for (const options of Object.values(ways)) {
          const make = (call) => () => {
            const user = of();
            return { run: () => call(user, patch(), options), known: new Map([[user, 'user']]) };
          };
          assertSame(make((user, patch, options) => applyPatch(user, patch, options)));
          assertSame(make((user, patch, options) => validatePatch(patch, { ...options, current: user })));
        }
        // These have one path, and must hold on it.
        for (const call of [() => diffUsers(of(), stored()), () => diffUsers(stored(), of()), () => invertPatch(patch(), of())]) {
          const { thrown } = outcome(call);
          assert.ok(thrown === undefined || isPalmError(thrown), String(thrown));
        }
      }
    });
  }

  const WRITES = {
    'a value that the patch writes too': (user) => { user.metadata.b = 'w'; },
    'a value that the patch does not write': (user) => { user.metadata.c = 'w'; },
    'a value that the patch has just written': (user) => { user.metadata.a = '2'; },
    'a key away': (user) => { delete user.metadata.b; },
    'the name that the patch sets': (user) => { user.display_name = 'Grace'; },
    'the name away': (user) => { delete user.display_name; },
    'other metadata': (user) => { user.metadata = { q: 'r' }; },
    'metadata that is none': (user) => { user.metadata = 'none'; },
    'metadata away': (user) => { delete user.metadata; },
    '60 keys': (user) => { Object.assign(user.metadata, names('new_', 60)); },
    'a status': (user) => { user.status = 'suspended'; },
    'a field': (user) => { user.vault = { e: 'f' }; },
    'a prototype': (user) => { Object.setPrototypeOf(user.metadata, Array.prototype); },
    'a getter': (user) => { Object.defineProperty(user.metadata, 'b', { get: () => 'w', enumerable: true, configurable: true }); },
    'a frozen user': (user) => { Object.freeze(user.metadata); Object.freeze(user); },
  };
  for (const [name, write] of Object.entries(WRITES)) {
    test(`a getter of the patch writes to the user: ${name}`, () => {
      for (const options of Object.values(ways)) {
        for (const place of ['metadata', 'first value', 'last value', 'name']) {
          for (const call of [(user, patch) => applyPatch(user, patch, options), (user, patch) => validatePatch(patch, { ...options, current: user })]) {
            assertSame(() => {
              const user = stored();
              const getting = (object, key) => {
                const value = object[key];
                return Object.defineProperty(object, key, { get: () => (write(user), value), enumerable: true, configurable: true });
              };
              const patch = { metadata: { a: '2', b: 'w', z: '3' }, display_name: 'Grace' };
              if (place === 'metadata') getting(patch, 'metadata');
              else if (place === 'name') getting(patch, 'display_name');
              else getting(patch.metadata, place === 'first value' ? 'a' : 'z');
              return { run: () => call(user, patch), known: new Map([[user, 'user']]) };
            });
          }
        }
      }
    });
  }
});

describe('what somebody put on Object.prototype or Array.prototype', () => {
  /** With a property there, for so long. */
  function having(prototype, key, descriptor, run) {
    const before = Object.getOwnPropertyDescriptor(prototype, key);
    Object.defineProperty(prototype, key, { ...descriptor, configurable: true });
    try {
      return run();
    } finally {
      if (before === undefined) delete prototype[key];
      else Object.defineProperty(prototype, key, before);
    }
  }
  const written = [];
  const DESCRIPTORS = {
    'a setter': { get: () => undefined, set: (value) => written.push(value) },
    'a setter that throws': { set() { throw new Error('boom'); } },
    'no setter': { get: () => 'everywhere' },
    'a value that is not writable': { value: 'everywhere', writable: false },
    'a value that is shown': { value: 'everywhere', writable: true, enumerable: true },
  };
  const users = {
    'a key that is stored': () => ({ metadata: { a: '1', k: '2' }, display_name: 'Ada' }),
    'a key that is not': () => ({ metadata: { a: '1' }, display_name: 'Ada' }),
    'a key that is stored and not enumerable': () => ({ metadata: hidden({ a: '1' }, 'k', '2'), display_name: 'Ada' }),
    'a key that is stored behind a getter': () => ({ metadata: { a: '1', get k() { return '2'; } }, display_name: 'Ada' }),
    'a user without a name': () => ({ metadata: { a: '1', k: '2' } }),
  };
  const CALLS = {
    applyPatch: (user) => [
      applyPatch(user(), { metadata: { k: 'new' } }),
      applyPatch(user(), { metadata: { k: 5 } }),
      applyPatch(user(), { metadata: { k: 'new' } }, { limits: { maxKeys: 9 } }),
      applyPatch(user(), { metadata: { k: null, b: 'new' } }),
      applyPatch(user(), { metadata: { k: { k: 'new' } } }),
      applyPatch(user(), { metadata: { a: null, b: null, c: 'x', k: 'new' }, display_name: 'Grace' }),
      applyPatch({}, { metadata: { k: 'new' }, display_name: 'Grace' }),
    ],
    composePatches: () => [composePatches({ metadata: { k: '1' } }, { metadata: { k: null, l: '2' } }), composePatches({}, { metadata: { k: '1' }, display_name: 'x' })],
    diffUsers: (user) => [diffUsers(user(), { metadata: { k: 'new' }, display_name: 'Grace' }), diffUsers({}, { metadata: { k: 'new' } })],
    invertPatch: (user) => [invertPatch({ metadata: { k: 'new' } }, user()), invertPatch({ metadata: { k: 'new' } }, {})],
    validatePatch: (user) => [validatePatch({ metadata: { k: 'new' } }, { current: user() }), validatePatch({ metadata: { k: 5 } }), validatePatch({ metadata: { k: 5n } }), validatePatch({ k: 5n })],
  };
  // `k` is a key of the metadata; the others are names that results are made of.
  for (const key of ['k', 'metadata', 'display_name', 'valid', 'errors', 'code', 'path', 'params', 'patch', 'lossy', 'value', 'get', 'enumerable']) {
    for (const [kind, descriptor] of Object.entries(DESCRIPTORS)) {
      test(`${kind} named ${key}`, () => {
        for (const user of Object.values(users)) {
          for (const [name, call] of Object.entries(CALLS)) {
            const show = (value) => JSON.stringify(value, (_, value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : value));
            const expected = show(call(user));
            written.length = 0;
            const results = having(Object.prototype, key, descriptor, () => outcome(() => call(user)));
            assert.equal(results.thrown, undefined, `${name}: ${results.thrown?.stack}`);
            assert.equal(show(results.value), expected, name);
            assert.deepEqual(written, [], `${name}: a setter was called`);
          }
        }
      });
    }
  }

  const lists = () => [
    applyPatch({ metadata: {} }, { metadata: { a: ['x', 'y', ['z']] } }),
    applyPatch({ metadata: { a: ['x', 'y'] } }, { metadata: { a: ['x', 'y'] } }),
    composePatches({ metadata: { b: ['p'] } }, { metadata: { a: ['x', 'y', ['z']] } }),
    diffUsers({ metadata: {} }, { metadata: { a: ['x', 'y', ['z']] } }),
    invertPatch({ metadata: { a: 'new' } }, { metadata: { a: ['x', 'y', ['z']] } }),
    invertPatch({ display_name: 'x' }, { metadata: {} }),
    validatePatch({ metadata: { a: NaN, b: 1 }, displayName: 'x' }),
    validatePatch({ metadata: { a: ['x', [NaN]] } }),
    fingerprintMany(['a', 'b', 'c', 'd', 'e']),
    fingerprintMany(['é', 'b'.repeat(20_000), 'c']),
    outcome(() => fingerprintMany(['a', '\ud800'])).thrown.issues,
    outcome(() => applyPatch({ metadata: {} }, { metadata: { a: ['x', NaN] } })).thrown.issues,
  ];
  for (const [kind, descriptor] of Object.entries(DESCRIPTORS)) {
    for (const index of [0, 1]) {
      test(`${kind} at Array.prototype[${index}]`, () => {
        const expected = lists().map((list) => JSON.stringify(list));
        written.length = 0;
        const { value, thrown } = having(Array.prototype, index, descriptor, () => outcome(lists));
        assert.equal(thrown, undefined, thrown?.stack);
        assert.deepEqual(value.map((list) => JSON.stringify(list)), expected);
        assert.deepEqual(written, []);
      });
    }
  }
});

describe('fingerprint of a phone number', () => {
  const invisible = ['\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069', '\ufeff'];
  test('a national (0) is refused, whatever stands between its signs', () => {
    for (const mark of [...invisible, ' ', '\u00a0', '\u2003', '']) {
      for (const trunk of [`(${mark}0)`, `(0${mark})`, `(${mark}0${mark})`, `(${mark}${mark}0)`, `${mark}(${mark}0)${mark}`]) {
        refused(() => fingerprint(`+44 ${trunk}20 7946 0958`, 'phone'), 'invalid_value');
        refused(() => fingerprint(`0044${trunk}20 7946 0958`, 'phone'), 'invalid_value');
        refused(() => fingerprintMany(['+442079460958', `+44 ${trunk}20 7946 0958`], 'phone'), 'invalid_value');
      }
    }
  });
});

describe('fingerprint of an e-mail address', () => {
  // U+212A, the Kelvin sign, has three bytes and becomes k; U+0130 has two and becomes three.
  test('its 320 bytes are those of what is hashed', () => {
    for (const sign of ['\u212a', '\u0130', 'A', '\u00c9', '\u1e9e']) {
      for (let length = 300; length <= 330; length++) {
        for (const count of [1, 2, 5]) {
          const address = `${sign.repeat(count)}${'a'.repeat(length - count - 2)}@b`;
          const lower = address.toLowerCase();
          const expected = Buffer.byteLength(lower) <= 320 ? sha256(lower) : undefined;
          for (const run of [() => fingerprint(address, 'email'), () => fingerprintMany([address], 'email')[0]]) {
            const { value, thrown } = outcome(run);
            assert.equal(value, expected, `${sign} ${length} ${thrown?.code}`);
          }
        }
      }
    }
  });

  test('an invisible mark gives no other fingerprint: it is dropped or refused, as in a phone number', () => {
    const [address, number] = ['ada@example.com', '+442079460958'];
    const read = (value, kind) => outcome(() => fingerprint(value, kind)).value;
    for (const mark of ['\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202c', '\u202e', '\u2066', '\u2069', '\ufeff']) {
      const isDropped = read(`+44${mark}2079460958`, 'phone') === fingerprint(number, 'phone');
      for (const text of [`${mark}${address}`, `${address}${mark}`, `ada${mark}@example.com`, `ada@${mark}example.com`, `a${mark}da@example.com`, `ada@exam${mark}ple.com`, ` ${mark} ${address} ${mark}`]) {
        assert.equal(read(text, 'email'), isDropped ? fingerprint(address, 'email') : undefined, JSON.stringify(text));
      }
    }
  });
});

describe('a user with more keys than the limit', () => {
  const user = (count) => ({ id: 'x', metadata: names('k', count), display_name: 'Ada' });
  const set = (...keys) => Object.fromEntries(keys.map((key) => [key, 'new']));
  const cleared = (...keys) => Object.fromEntries(keys.map((key) => [key, null]));
  const PASS = {
    'one removed': { metadata: cleared('k0') },
    'one removed, one changed': { metadata: { ...cleared('k0'), ...set('k1') } },
    'one changed': { metadata: set('k0') },
    'one changed to what it was': { metadata: { k0: 'x' } },
    'one removed, one added': { metadata: { ...cleared('k0'), ...set('new') } },
    'one added, one removed': { metadata: { ...set('new'), ...cleared('k0') } },
    'one removed that is not there': { metadata: cleared('new') },
    'the name': { display_name: 'Grace' },
    'the name and one removed': { metadata: cleared('k0'), display_name: 'Grace' },
    'a list in place of one': { metadata: { k0: ['x'] } },
    'a number in place of one': { metadata: { k0: 5 } },
  };
  const REFUSED = {
    'one added': [{ metadata: set('new') }, 1],
    'one removed, two added': [{ metadata: { ...cleared('k0'), ...set('new', 'newer') } }, 1],
    'one added, one removed that is not there': [{ metadata: { ...set('new'), ...cleared('newer') } }, 1],
    'a list added': [{ metadata: { new: ['x'] } }, 1],
  };
  const sizes = [[51, undefined], [60, undefined], [200, undefined], [3, 2], [3, 0], [50, 49]];
  for (const [name, patch] of Object.entries(PASS)) {
    test(`${name}: passes`, () => {
      for (const [count, maxKeys] of sizes) {
        const limits = maxKeys === undefined ? undefined : { maxKeys };
        const report = validatePatch(patch, { current: user(count), ...(limits && { limits }) });
        assert.deepEqual(report.errors, [], `${count} keys`);
        for (const options of [limits && { limits }, { limits: { maxKeys: 50, ...limits } }]) {
          const after = applyPatch(user(count), patch, options);
          const merged = { ...user(count).metadata, ...patch.metadata };
          for (const key of Object.keys(merged)) if (merged[key] === null) delete merged[key];
          assert.equal(JSON.stringify(Object.entries(after.metadata)), JSON.stringify(Object.entries(merged)));
        }
      }
    });
  }
  for (const [name, [patch, more]] of Object.entries(REFUSED)) {
    test(`${name}: refused`, () => {
      for (const [count, maxKeys] of [...sizes, [50, undefined], [2, 2]]) {
        const limits = maxKeys === undefined ? undefined : { maxKeys };
        const { errors } = validatePatch(patch, { current: user(count), ...(limits && { limits }) });
        assert.deepEqual(errors.map(({ code, params }) => [code, params]), [['too_many_keys', { limit: maxKeys ?? 50, actual: count + more }]]);
        refused(() => applyPatch(user(count), patch, limits && { limits }), 'invalid_patch');
      }
    });
  }
  test('updateUser sends such a patch', async () => {
    const sent = [];
    const fetch = async (_, { body }) => {
      sent.push(body);
      return Response.json({ ...user(50), object: 'user', created_at: 'x', updated_at: 'x', status: 'active', verification: null });
    };
    const patch = { metadata: { k0: null } };
    await updateUser('palm_usr_1', patch, { baseUrl: 'https://gateway.example.com', fetch, current: user(60) });
    assert.deepEqual(sent, [JSON.stringify(patch)]);
  });
});

describe('no call does more than linear work', () => {
  // Counted: the calls out of the module, and the bytes that may be moved each time
  // its memory grows. Four times the input may take five times of both, and no more.
  const many = (count, make) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key_${index}`, make(index)]));
  const CALLS = {
    'validatePatch, unknown fields': (count) => validatePatch(many(count, () => 'x')),
    'validatePatch, values that are not JSON': (count) => validatePatch({ metadata: many(count, () => NaN) }),
    'validatePatch, undocumented values': (count) => validatePatch({ metadata: many(count, () => 5) }),
    'validatePatch, too long': (count) => validatePatch({ metadata: many(count, () => 'xx') }, { limits: { maxValueLength: 1, maxKeyLength: 1, maxKeys: 1e9 } }),
    'validatePatch, a list': (count) => validatePatch({ metadata: { a: Array(count).fill(NaN) } }),
    'validatePatch, lists': (count) => validatePatch({ metadata: { a: Array.from({ length: count / 2 }, () => [undefined]) } }),
    'validatePatch, texts': (count) => validatePatch({ metadata: many(count, () => 'x') }),
    'validatePatch, current': (count) => validatePatch({ metadata: many(count, () => 'x') }, { current: { metadata: many(count, () => 'y') } }),
    applyPatch: (count) => applyPatch({ metadata: many(count, () => 'x') }, { metadata: many(count, (index) => (index % 2 ? 'y' : null)) }, { limits: { maxKeys: 1e9 } }),
    composePatches: (count) => composePatches({ metadata: many(count, () => 'x') }, { metadata: many(count, () => 'y') }),
    diffUsers: (count) => diffUsers({ metadata: many(count, () => 'x') }, { metadata: many(count, () => 'y') }),
    invertPatch: (count) => invertPatch({ metadata: many(count, () => 'x') }, { metadata: many(count, () => 'y') }),
    fingerprintMany: (count) => fingerprintMany(Object.keys(many(count, () => 'x'))),
    'fingerprintMany, long': (count) => fingerprintMany(Array(count / 100).fill('x'.repeat(20_000))),
    'fingerprint, long': (count) => fingerprint('x'.repeat(count * 10)),
  };
  const COUNT = 20_000;
  const program = (call, count) => `
    import { work } from './paths.mjs';
    const palm = await import('palm-user');
    const { validatePatch, applyPatch, composePatches, diffUsers, invertPatch, fingerprint, fingerprintMany } = palm;
    const many = ${String(many)};
    validatePatch({ display_name: 'x' });
    console.log(JSON.stringify(work(() => (${String(call)})(${count}))));
  `;
  for (const [name, call] of Object.entries(CALLS)) {
    test(name, () => {
      const [one, four] = [COUNT, 4 * COUNT].map((count) => JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program(call, count)], { encoding: 'utf8' })));
      for (const what of ['crossings', 'moved']) assert.ok(four[what] <= 5 * Math.max(one[what], what === 'moved' ? 2 ** 22 : 100), `${what}: ${one[what]}, then ${four[what]}`);
    });
  }
  test('a million unknown fields', () => {
    const report = validatePatch(many(1_000_000, () => 'x'));
    assert.equal(report.errors.length, 100);
    assert.equal(report.truncated, true);
  });
});
