// The fast path must not be told from the slow one.

import './paths.mjs';

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { applyPatch, fingerprint, validatePatch } from 'palm-user';

import { onSlowPath } from './paths.mjs';

const user = () => ({
  id: 'x',
  metadata: { a: '1', b: '2', c: '3', stored_null: null, nested: { deep: true } },
  status: 'active',
  display_name: 'Ada',
});

// A generator of our own: a failure is found again.
let seed = 20261124;
const below = (limit) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
};
const pick = (list) => list[below(list.length)];

const KEYS = ['a', 'b', 'c', 'd', 'stored_null', 'nested', '__proto__', 'constructor', 'toString', 'valueOf', '', 'key\ud800', 'ключ', 'c'.repeat(40), 'ends \ud83d', '\ude00 begins'];
const VALUES = ['1', '2', '', null, null, 5, true, undefined, NaN, Infinity, 3n, Symbol.iterator, () => 1, 'lone \udc00', 'ends \ud83d', '\ude00 begins', '😀', `${'long '.repeat(300)}\ud83d`, 'long '.repeat(300), [], {}, ['x', undefined], new Date(0)];
const NAMES = ['Ada', 'Grace', '', null, 12, undefined, 'lone \udc00', {}, [], 1n];

function anyPatch() {
  const metadata = {};
  for (let count = below(pick([3, 3, 6, 70])); count > 0; count--) {
    const key = below(4) === 0 ? `key_${below(80)}` : pick(KEYS);
    const value = below(3) === 0 ? pick(VALUES) : pick(['1', '2', null]);
    Object.defineProperty(metadata, key, { value, writable: true, enumerable: true, configurable: true });
  }
  const fields = [['metadata', below(12) === 0 ? pick(VALUES) : metadata]];
  if (below(2) === 0) fields.push(['display_name', below(2) === 0 ? 'Ada' : pick(NAMES)]);
  if (below(12) === 0) fields.push(['displayName', 'x']);
  if (below(2) === 0) fields.reverse();
  return Object.fromEntries(fields.slice(below(8) === 0 ? 1 : 0));
}

const outcome = (run) => {
  try {
    return run();
  } catch (error) {
    return { code: error.code, issues: error.issues };
  }
};

test('20,000 patches, some of them several times: reports and users as on the slow path', () => {
  for (let round = 0; round < 20_000; round++) {
    const from = seed;
    const patch = anyPatch();
    const name = `seed ${from}`;
    for (let times = below(4); times >= 0; times--) {
      assert.deepEqual(validatePatch(patch), onSlowPath(() => validatePatch(patch)), name);
    }
    assert.deepEqual(outcome(() => applyPatch(user(), patch)), outcome(() => onSlowPath(() => applyPatch(user(), patch))), name);
    const keys = (result) => result.metadata && Reflect.ownKeys(result.metadata);
    assert.deepEqual(keys(outcome(() => applyPatch(user(), patch))), keys(outcome(() => onSlowPath(() => applyPatch(user(), patch)))), name);
  }
});

test('users and patches of every size: as on the slow path', () => {
  for (const size of [0, 1, 4, 11, 12, 13, 30, 46]) {
    for (const [replaced, removed, added] of [[1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 1, 1], [1, 2, 1], [0, 3, 4], [4, 4, 4], [0, 5, 3], [0, 0, 4]]) {
      const stored = Object.fromEntries(Array.from({ length: size }, (_, index) => [`key_${index}`, `value ${index}`]));
      const members = [];
      for (let index = 0; index < replaced; index++) members.push([`key_${index}`, 'replaced']);
      for (let index = 0; index < removed; index++) members.push([`key_${replaced + index}`, null]);
      for (let index = 0; index < added; index++) members.push([`new_${index}`, 'added']);
      const [of, patch] = [{ metadata: stored }, { metadata: Object.fromEntries(members), display_name: 'Ada' }];
      const name = `${size} keys, ${replaced} replaced, ${removed} removed, ${added} added`;
      assert.equal(JSON.stringify(applyPatch(of, patch)), JSON.stringify(onSlowPath(() => applyPatch(of, patch))), name);
    }
  }
});

describe('a report', () => {
  const spoilt = { metadata: { a: '1' }, display_name: 12 };

  test('that somebody writes to does not spoil the next one', () => {
    for (let times = 0; times < 4; times++) {
      const { errors } = validatePatch(spoilt);
      try {
        errors[0].path.push('x');
        errors[0].params.actual = 'x';
        errors.length = 0;
      } catch {
        // A report without issues is frozen.
      }
    }
    assert.deepEqual(validatePatch(spoilt), onSlowPath(() => validatePatch(spoilt)));
  });

  test('is not taken for that of another key, kind, or order', () => {
    for (const [one, other] of [
      [{ metadata: { a: 1 } }, { metadata: { b: 1 } }],
      [{ metadata: { a: 1 } }, { metadata: { a: true } }],
      [{ metadata: { a: 1, b: '' } }, { metadata: { a: 1, b: 1 } }],
      [{ metadata: { a: 1 }, display_name: 1 }, { display_name: 1, metadata: { a: 1 } }],
      [{ metadata: { a: 'x' }, display_name: 1 }, { metadata: { a: 'x' }, display_name: null }],
      [{ metadata: { a: undefined } }, { metadata: { a: undefined, b: 'x' } }],
    ]) {
      for (const patch of [one, one, one, other, one, other, other, other]) assert.deepEqual(validatePatch(patch), onSlowPath(() => validatePatch(patch)));
    }
  });
});

describe('texts that are none', () => {
  const all = (patches) => {
    for (const patch of patches) {
      for (let times = 0; times < 3; times++) assert.deepEqual(validatePatch(patch), onSlowPath(() => validatePatch(patch)));
    }
  };

  test('a key at the place of an ordinary one', () => {
    all([{ metadata: { a: '1', b: '2' } }, JSON.parse('{"metadata": {"a": "1", "__proto__": "2"}}'), { metadata: { a: '1', 'lone \ud800': '2' } }, { metadata: { a: '1', b: '2' } }]);
  });

  test('halves of a pair that meet, of a key and of its value', () => {
    const first = { metadata: { 'begins \ud800': '\udc00', c: '\udc00' } };
    all([first, { metadata: { 'begins \ud800': 'x', c: 'x' } }, first]);
  });
});

test('what answers differently each time gives no report to another patch', () => {
  let reads = 0;
  const answers = (...values) => ({ metadata: Object.defineProperty({}, 'a', { get: () => values[reads++ % values.length], enumerable: true }) });
  for (const values of [[5, 'x'], [5, true, 'x'], [5, 5, 5n], [true, 5, 5, 5, 'x']]) {
    const patch = answers(...values);
    for (let times = 0; times < 12; times++) {
      validatePatch(patch);
      for (const plain of [5, true, 5n, 'x']) {
        const of = { metadata: { a: plain } };
        assert.deepEqual(validatePatch(of), onSlowPath(() => validatePatch(of)));
      }
      for (let again = 0; again < 3; again++) validatePatch(patch);
    }
  }
});

test('what throws amid it gives no report to another patch', () => {
  for (let throwsAt = 1; throwsAt < 12; throwsAt++) {
    // Several times, for a report must not depend on earlier ones.
    for (const times of [1, 2, 3, 4]) {
      const key = `key_${throwsAt}_${times}`;
      let reads = 0;
      const get = () => {
        if (++reads === throwsAt) throw new Error('x');
        return 5;
      };
      const patch = { metadata: Object.defineProperty({}, key, { get, enumerable: true }) };
      for (let time = 0; time < times; time++) validatePatch(patch);
      for (const of of [{ displayName: 'x' }, { metadata: { [key]: 5 } }]) assert.deepEqual(validatePatch(of), onSlowPath(() => validatePatch(of)));
    }
  }
});

describe('somebody calls the package while it reads', () => {
  const again = () => {
    fingerprint('ada@example.com', 'email');
    validatePatch({ metadata: { q: 'r', s: null, t: 5 } });
    return applyPatch({ metadata: { q: '1' } }, { metadata: { q: null, z: '2' } });
  };
  const expect = { metadata: { b: '2', c: '9', d: '4' }, display_name: 'Ada' };
  const patch = () => ({ metadata: { a: null, c: '9', d: '4' }, display_name: 'Ada' });
  const stored = () => ({ metadata: { a: '1', b: '2', c: '3' } });
  const watched = (object) => new Proxy(object, {
    getPrototypeOf: (target) => (again(), Reflect.getPrototypeOf(target)),
    get: (target, key) => (again(), target[key]),
    getOwnPropertyDescriptor: (target, key) => (again(), Reflect.getOwnPropertyDescriptor(target, key)),
    has: (target, key) => (again(), key in target),
    ownKeys: (target) => (again(), Reflect.ownKeys(target)),
  });

  const getter = (object, key) => {
    const { [key]: value } = object;
    return Object.defineProperty(object, key, { get: () => (again(), value), enumerable: true, configurable: true });
  };
  const cases = {
    'in a getter of the patch': [stored(), getter(patch(), 'metadata')],
    'in a getter of the patch’s metadata': [stored(), { ...patch(), metadata: getter(patch().metadata, 'c') }],
    'in a getter of the user’s metadata': [{ metadata: getter(stored().metadata, 'c') }, patch()],
    'in a getter of a member that stays': [{ metadata: getter(stored().metadata, 'b') }, patch()],
    'in a proxy as the user': [watched(stored()), patch()],
    'in a proxy as the user’s metadata': [{ metadata: watched(stored().metadata) }, patch()],
    'in a proxy as the patch': [stored(), watched(patch())],
    'in a proxy as the patch’s metadata': [stored(), { ...patch(), metadata: watched(patch().metadata) }],
  };
  test('and a change before that is not lost', () => {
    const patch = { metadata: { a: 'changed', get b() { applyPatch({ metadata: {} }, { metadata: { q: null } }); return '2'; } } };
    assert.deepEqual(applyPatch({ metadata: { a: '1', b: '2' } }, patch), { metadata: { a: 'changed', b: '2' } });
  });

  test('and neither has the report of the other', () => {
    const other = { metadata: { x: true, y: 5 } };
    for (const answer of [true, 'text']) {
      const patch = () => ({ metadata: { a: 5, get b() { for (let times = 0; times < 3; times++) validatePatch(other); return answer; } } });
      for (const of of [patch(), other, patch(), { metadata: { a: 5, b: true } }, { metadata: { x: true, y: 5, b: true } }, { metadata: { a: 5 } }]) {
        for (let times = 0; times < 4; times++) assert.deepEqual(validatePatch(of), onSlowPath(() => validatePatch(of)));
      }
    }
  });

  for (const [name, [of, change]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual({ ...applyPatch(of, change) }, expect));
  }
});

test('what somebody puts on every object is not the user’s', () => {
  for (const enumerable of [false, true]) {
    for (const descriptor of [{ value: 'everywhere', writable: false }, { get: () => 'everywhere', set() {} }]) {
      Object.defineProperty(Object.prototype, 'd', { ...descriptor, enumerable, configurable: true });
      try {
        const after = applyPatch({ metadata: { a: '1' } }, { metadata: { a: null, d: '4' } });
        assert.deepEqual(Object.entries(after.metadata), [['d', '4']]);
        assert.equal(validatePatch({ metadata: { a: '1' } }).valid, true);
      } finally {
        delete Object.prototype.d;
      }
    }
  }
});
