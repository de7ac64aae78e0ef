// Arguments that nobody should hand over, and many that everybody does: made of a
// seed, so that the same can be made twice and given to both paths. A getter or a
// trap answers the same each time; what answers differently is in values.mjs.

import { randomFrom } from './values.mjs';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'notes', 'customer_tier', 'metadata', 'display_name'];
const ODD_KEYS = ['', '0', '1', '10', '-1', '01', '4294967294', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'toJSON', 'then', 'length', 'é', '💜', 'ключ', 'a/b~c', 'key\ud800', '\udc00key', '\ud83d', `${'k'.repeat(1100)}`, `${'k'.repeat(1100)}\ud83d`, '💜'.repeat(20)];
const TEXTS = ['1', '2', 'x', 'premium', 'call back', ''];
const ODD_TEXTS = ['é', '💜', '💜💜💜', 'ends \ud83d', '\ude00 begins', 'lone \udc00 amid', '\u0000', '\ufeff', 'ключ', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'é'.repeat(33), 'long '.repeat(300), `${'long '.repeat(300)}\ud83d`, `\ude00${'long '.repeat(300)}`, 'x'.repeat(1024), `${'x'.repeat(1023)}\ud800`];
const NUMBERS = [0, -0, 1, -1, 0.1, 42, 2 ** 31, -(2 ** 31), 2 ** 53, 1e308, 5e-324, NaN, Infinity, -Infinity];
const FIELDS = ['maxKeys', 'maxKeyLength', 'maxValueLength', 'maxDisplayNameLength'];
const COUNTS = [0, 1, 2, 3, 4, 5, 6, 8, 12, 50];
const SIZES = [0, 1, 2, 2, 2, 3, 3, 4, 5, 6];
const LARGE_SIZES = [11, 12, 13, 14, 47, 48, 49, 50, 51, 52, 63, 64, 65, 70, 127, 128, 129, 256, 260];
/** All traps of a proxy that read. */
const READS = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'isExtensible'];
/** And those that would write, or call. */
const WRITES = ['set', 'defineProperty', 'deleteProperty', 'setPrototypeOf', 'preventExtensions', 'apply', 'construct'];

class Instance {
  field = 'x';
}

/**
 * A call with hostile arguments. The same seed makes the same call.
 *
 * - `name`: the function; `run()`: calls it.
 * - `known`: the objects among the arguments, each with a name of its own.
 * - `raw`: the same objects without proxies before them, to see whether one was written to.
 * - `isPlain`: the arguments are data; no getter, proxy or prototype of anybody's is among them.
 * - `isSteady`: the arguments are the same after the call as before.
 * - `writes()`: how many times something tried to write to a proxy.
 * - `prepare()` changes a prototype of everybody's, where the scenario wants that, and gives what changes it back.
 */
export function scenario(palm, seed) {
  const random = randomFrom(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const chance = (share) => random() < share;

  const known = new Map();
  const raw = [];
  let isPlain = true;
  let isSteady = true;
  let writes = 0;
  let isInside = false;
  const user = { made: undefined, metadata: undefined };
  /** What is made more than once, to be found equal, or the very same. */
  const again = [];

  const hostile = (value) => {
    isPlain = false;
    return value;
  };
  const register = (object) => {
    if (!known.has(object)) {
      known.set(object, `${typeof object} ${known.size}`);
      raw.push(object);
    }
    return object;
  };

  /** A call of the package by somebody who is asked for a value; not for ever. */
  const reenter = (() => {
    const calls = [
      () => palm.validatePatch({ metadata: { a: 'x', b: 5, c: null } }),
      () => palm.validatePatch({ metadata: { a: NaN } }),
      () => palm.applyPatch({ metadata: { a: '1', b: '2' } }, { metadata: { a: null, z: '2', y: 5 }, display_name: 'x' }),
      () => palm.applyPatch({ metadata: { a: '1' } }, { metadata: { a: ['x'] } }, { limits: { maxKeys: 1 } }),
      () => palm.validatePatch({ metadata: { a: 'x' } }, { current: { metadata: { b: '1' }, status: 'active' }, limits: { maxValueLength: 1 } }),
      () => palm.fingerprint('ada@example.com', 'email'),
      () => palm.fingerprint('é'.repeat(500)),
      () => palm.composePatches({ metadata: { a: '1' } }, { metadata: { b: ['2'] } }),
    ];
    return (which) => {
      if (isInside) return;
      isInside = true;
      try {
        calls[which % calls.length]();
      } finally {
        isInside = false;
      }
    };
  })();
  const boom = (what) => () => {
    throw what;
  };
  const thrown = () => pick([new Error('boom'), 'a text', undefined, null, 5]);

  /** Writes the same to the user, whenever it is called. */
  function writing() {
    isSteady = false;
    const key = pick(KEYS);
    const value = pick(['w', null, 5]);
    const other = { [pick(KEYS)]: 'w' };
    return pick([
      () => { if (user.metadata !== undefined) user.metadata[key] = value; },
      () => { if (user.metadata !== undefined) delete user.metadata[key]; },
      () => { if (user.made !== undefined) user.made.display_name = 'w'; },
      () => { if (user.made !== undefined) delete user.made.display_name; },
      () => { if (user.made !== undefined) user.made.metadata = other; },
      () => { if (user.made !== undefined) user.made.status = 'suspended'; },
      () => { if (user.metadata !== undefined) for (let index = 0; index < 60; index++) user.metadata[`w_${index}`] = 'w'; },
    ]);
  }

  function getter(value) {
    hostile();
    const roll = below(10);
    if (roll < 3) return () => value;
    if (roll < 6) {
      const which = below(8);
      return () => (reenter(which), value);
    }
    if (roll < 8) {
      const write = writing();
      return () => {
        try {
          write();
        } catch {
          // It is frozen.
        }
        return value;
      };
    }
    return boom(thrown());
  }

  /** A proxy that adds nothing, calls the package, throws, or says something else. */
  function proxied(target) {
    hostile();
    register(target);
    const handler = {};
    const written = (trap) => (...rest) => {
      writes++;
      return Reflect[trap](...rest);
    };
    for (const trap of WRITES) handler[trap] = written(trap);
    const roll = below(12);
    const trap = pick(READS);
    if (roll < 3) {
      for (const trap of READS) {
        const which = below(8);
        handler[trap] = (...rest) => (reenter(which), Reflect[trap](...rest));
      }
    } else if (roll < 6) {
      handler[trap] = boom(thrown());
    } else if (roll < 9) {
      const prototype = pick([null, Object.prototype, Array.prototype, Instance.prototype]);
      const keys = [pick(KEYS), pick(KEYS), pick(ODD_KEYS)];
      const text = pick(TEXTS);
      // A name that is listed is there: what is listed and is not, faults.test.mjs has.
      const virtual = (target, key) => Reflect.getOwnPropertyDescriptor(target, key) ?? { value: text, writable: true, enumerable: true, configurable: true };
      Object.assign(handler, pick([
        { getPrototypeOf: () => prototype },
        { ownKeys: (target) => [...Reflect.ownKeys(target)].reverse() },
        { ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...keys])], getOwnPropertyDescriptor: virtual, get: (target, key) => (Object.hasOwn(target, key) ? target[key] : text) },
        { ownKeys: () => [...new Set(keys)], getOwnPropertyDescriptor: virtual, get: () => text },
        { ownKeys: (target) => Reflect.ownKeys(target).slice(1) },
        { getOwnPropertyDescriptor: (target, key) => (key in Object.prototype ? Reflect.getOwnPropertyDescriptor(target, key) : undefined) },
        { getOwnPropertyDescriptor: () => ({ value: text, writable: true, enumerable: true, configurable: true }) },
        { getOwnPropertyDescriptor: (target, key) => ({ ...Reflect.getOwnPropertyDescriptor(target, key), enumerable: false, configurable: true }) },
        { get: () => text },
        { get: () => undefined },
        { has: () => true },
        { has: () => false },
      ]));
    } else if (roll === 9) {
      const { proxy, revoke } = Proxy.revocable(target, {});
      revoke();
      // It has no state to look at.
      known.set(proxy, `revoked ${known.size}`);
      return proxy;
    }
    const proxy = new Proxy(target, handler);
    known.set(proxy, `proxy ${known.size}`);
    return proxy;
  }

  const define = (object, key, value) => Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });

  /** An object with these members; `odds`: how often it is anything but what one writes. */
  function objectOf(members, odds) {
    const target = {};
    for (const [key, value] of members) define(target, key, value);
    register(target);
    if (!chance(odds)) return target;
    switch (below(16)) {
      case 0:
        return Object.freeze(target);
      case 1:
        return pick([Object.seal, Object.preventExtensions])(target);
      case 2:
        return Object.setPrototypeOf(target, null);
      case 3:
        target[Symbol('symbol')] = 'hidden';
        return target;
      case 4:
      case 5: {
        // Not seen by JSON; it may be a member that is written.
        const key = pick([...KEYS, ...members.map(([key]) => key)]);
        Object.defineProperty(target, key, { value: pick(TEXTS), writable: true, enumerable: false, configurable: true });
        return hostile(target);
      }
      case 6:
      case 7: {
        const [key, value] = members.length > 0 ? pick(members) : ['a', 'x'];
        Object.defineProperty(target, key, { get: getter(value), set: undefined, enumerable: chance(0.95), configurable: true });
        return target;
      }
      case 8:
        return Object.setPrototypeOf(target, pick([Instance.prototype, Array.prototype, { inherited: 'x' }, Object.create(null), Object.create(Object.create(null))]));
      case 9: {
        const array = register(Object.assign([], pick([['x'], []])));
        for (const [key, value] of members) if (key !== 'length') define(array, key, value);
        return Object.setPrototypeOf(hostile(array), pick([Array.prototype, null, Object.prototype]));
      }
      case 10: {
        const exotic = register(pick([new Map(), new Date(0), new String('text'), new Number(5), () => 1, new Uint8Array(3), new Error('x'), (function () { return arguments; })('x')]));
        for (const [key, value] of members) if (!Object.hasOwn(exotic, key)) Reflect.defineProperty(exotic, key, { value, writable: true, enumerable: true, configurable: true });
        return Object.setPrototypeOf(hostile(exotic), pick([Object.getPrototypeOf(exotic), null, Object.prototype]));
      }
      default:
        return proxied(target);
    }
  }

  function text() {
    return chance(0.85) ? pick(TEXTS) : pick(ODD_TEXTS);
  }

  /** What is neither text nor null. */
  function other(depth) {
    const roll = below(20);
    if (roll < 4) return pick(NUMBERS);
    if (roll < 6) return chance(0.5);
    if (roll < 7) return undefined;
    if (roll < 8) return pick([1n, Symbol.iterator, Symbol('own')]);
    if (roll < 9) return hostile(register(pick([() => 1, class {}, new Date(0), new Map([['a', 1]]), new Set(), new Instance(), /x/, new String('1'), new Number(1), new Boolean(true), new WeakMap(), new Error('x')])));
    if (roll < 10) return hostile(bytes());
    if (roll < 11) return register({ toJSON: pick([() => 'x', 'x', null]) });
    if (roll < 14) return depth > 0 ? arrayOf(depth) : [];
    if (roll < 15) return nested();
    if (roll < 16 && again.length > 0) return pick(again);
    return depth > 0 ? objectOf(Array.from({ length: below(3) }, () => [key(), value(depth - 1)]), 0.3) : {};
  }

  function nested() {
    let inner = chance(0.5) ? 'x' : NaN;
    for (let level = pick([3, 60, 61, 62, 63, 64, 200]); level > 0; level--) inner = chance(0.5) ? [inner] : { x: inner };
    if (chance(0.3)) {
      const cyclic = {};
      cyclic.a = { b: [cyclic], inner };
      return cyclic;
    }
    return inner;
  }

  function bytes() {
    const array = new (pick([Uint8Array, Int8Array, Float64Array]))(3);
    if (chance(0.5)) Object.defineProperty(array, 'length', { value: pick([0, 5, 2 ** 32, -1, NaN]) });
    return register(array);
  }

  function arrayOf(depth) {
    const array = Array.from({ length: below(4) }, () => value(depth - 1));
    register(array);
    switch (below(12)) {
      case 0:
        array.length += 1 + below(3);
        return array;
      case 1:
        array[2 ** 31] = 'far';
        return array;
      case 2:
        return Object.setPrototypeOf(hostile(array), pick([null, Object.prototype, { 0: 'inherited' }, Instance.prototype]));
      case 3:
        return Object.freeze(array);
      case 4:
        array.named = 'x';
        return array;
      case 5: {
        const items = proxied(array);
        return items;
      }
      case 6: {
        const length = pick([0, 1, 2 ** 32, -1, NaN, '2', 1.5]);
        const lying = new Proxy(array, { get: (target, name) => (name === 'length' ? length : target[name]) });
        known.set(hostile(lying), `list ${known.size}`);
        return lying;
      }
      case 7:
        Object.defineProperty(array, 0, { get: getter(pick(TEXTS)), enumerable: true, configurable: true });
        return array;
      default:
        return array;
    }
  }

  function value(depth) {
    const roll = random();
    if (roll < 0.6) return text();
    if (roll < 0.75) return null;
    if (roll < 0.8) return pick([5, 1.5, true, false, 0, -0]);
    const made = other(depth);
    if (typeof made === 'object' && made !== null && again.length < 4) again.push(made);
    return made;
  }

  function key() {
    const roll = random();
    if (roll < 0.75) return pick(KEYS);
    return roll < 0.9 ? `key_${below(80)}` : pick(ODD_KEYS);
  }

  /** Members of metadata; `calm`: such as nearly everybody has. */
  function members(calm) {
    const size = chance(0.94) ? pick(SIZES) : pick(LARGE_SIZES);
    const made = new Map();
    for (let index = 0; index < size; index++) {
      const name = size > 10 ? (chance(0.95) ? `key_${index}` : key()) : calm ? pick(KEYS) : key();
      made.set(name, calm || size > 10 ? (chance(0.97) ? pick([...TEXTS, ...TEXTS, null, 5, true]) : value(2)) : value(2));
    }
    return [...made];
  }

  function fields(list) {
    if (chance(0.3)) list.reverse();
    return list;
  }

  const anything = () => pick([text, () => null, () => other(2), () => undefined, () => objectOf(members(true), 0.5)])();

  function patch() {
    if (chance(0.04)) return anything();
    const calm = chance(0.6);
    const list = [];
    if (chance(0.93)) list.push(['metadata', chance(0.04) ? anything() : objectOf(members(calm), calm ? 0.05 : 0.3)]);
    if (chance(0.4)) list.push(['display_name', chance(0.85) ? pick(['Ada', 'Grace', text()]) : value(1)]);
    if (chance(0.04)) list.push([pick(['displayName', 'status', 'meta', 'id', '__proto__', key()]), value(1)]);
    return objectOf(fields(list), calm ? 0.05 : 0.2);
  }

  function userOf() {
    if (chance(0.03)) return anything();
    const calm = chance(0.6);
    const metadata = chance(0.05) ? anything() : objectOf(members(calm), calm ? 0.05 : 0.3);
    const list = [['id', 'x'], ['metadata', metadata], ['status', chance(0.7) ? 'active' : pick(['suspended', 'deleted', '', 5, null, undefined, 'Active', new String('active')])]];
    if (chance(0.03)) list.splice(1, 1);
    if (chance(0.7)) list.push(['display_name', chance(0.9) ? pick(['Ada', 'Grace', null]) : value(1)]);
    if (chance(0.5)) list.push(['vault', register({ 'identity.first_name': 'Ada' })], ['verification', null]);
    const before = raw.length;
    const made = objectOf(fields(list), calm ? 0.05 : 0.25);
    user.made = raw[before];
    user.metadata = typeof metadata === 'object' && metadata !== null && known.get(metadata)?.startsWith('object') ? metadata : undefined;
    return made;
  }

  function limits() {
    if (chance(0.04)) return anything();
    const list = FIELDS.filter(() => chance(0.4)).map((field) => [field, chance(0.9) ? pick(COUNTS) : chance(0.5) ? undefined : pick([-1, 1.5, NaN, Infinity, 2 ** 32, 2 ** 32 - 1, '5', null, 5n, true, {}])]);
    if (chance(0.03)) list.push([pick(['maxkeys', 'max', '__proto__', '']), 5]);
    return objectOf(fields(list), 0.1);
  }

  function options(names) {
    const roll = random();
    if (roll < 0.3) return undefined;
    if (roll < 0.34) return anything();
    const list = [];
    if (names.includes('current') && chance(0.6)) list.push(['current', userOf()]);
    if (chance(0.6)) list.push(['limits', chance(0.05) ? undefined : limits()]);
    if (chance(0.03)) list.push([pick(['limit', 'current', 'user', '__proto__']), value(1)]);
    return objectOf(fields(list), 0.1);
  }

  /** What a prototype of everybody's gets, and nobody expects. */
  function pollution() {
    if (!chance(0.04)) return () => () => undefined;
    hostile();
    const prototype = chance(0.75) ? Object.prototype : Array.prototype;
    const name = prototype === Array.prototype ? pick(['0', '1', 'metadata', 'a']) : pick([...KEYS, 'key_1', 'metadata', 'display_name', 'status', 'limits', 'current', 'maxKeys', 'params', 'length', 'toJSON']);
    const descriptor = pick([
      { get: () => undefined, set: () => { writes++; } },
      { get: () => 'everywhere', set: undefined },
      { set: boom(new Error('boom')) },
      { value: 'everywhere', writable: false },
      { value: 'everywhere', writable: true, enumerable: true },
      { value: null, writable: true, enumerable: true },
    ]);
    return () => {
      const before = Object.getOwnPropertyDescriptor(prototype, name);
      if (before?.configurable === false) return () => undefined;
      Object.defineProperty(prototype, name, { ...descriptor, configurable: true });
      return () => {
        if (before === undefined) delete prototype[name];
        else Object.defineProperty(prototype, name, before);
      };
    };
  }

  const name = pick(['validatePatch', 'validatePatch', 'validatePatch', 'applyPatch', 'applyPatch', 'applyPatch', 'applyPatch', 'composePatches', 'diffUsers', 'invertPatch']);
  const made = {
    validatePatch: () => [patch(), options(['current', 'limits'])],
    applyPatch: () => {
      const of = userOf();
      return [of, patch(), options(['limits'])];
    },
    composePatches: () => [patch(), patch()],
    diffUsers: () => [userOf(), userOf()],
    invertPatch: () => [patch(), userOf()],
  }[name]();
  const prepare = pollution();
  return { name, args: made, run: () => palm[name](...made), known, raw, isPlain, isSteady, writes: () => writes, prepare };
}

const LOCALS = ['ada', 'Ada.Lovelace', 'a', 'a+b', 'ADA', 'é', '\u0130', '\u212a', '"a b"', '"a@b"', 'a b', '', '@', 'a'.repeat(60), 'a\u0000', '\ud800', '💜'];
const DOMAINS = ['example.com', 'Example.COM', 'b', 'ü.de', '', 'b c', 'b.\u212a', 'b'.repeat(255), 'b'.repeat(256)];
const AROUND = ['', '', '', '', ' ', '\t', '\n', '\u00a0', '\u2003', '\ufeff', '\u0085'];
const NUMBERS_OF_PHONES = ['+442079460958', '+44 20 7946 0958', '00442079460958', '0044 (0)20 7946 0958', '+44 (0)20 7946 0958', '+44 ( 0 )20 7946 0958', '+1 (555) 010-0199', '020 7946 0958', '+0123456789', '+1234567', '+12345678', '+123456789012345', '+1234567890123456', '+44 20 7946 O958', '+', '00', '', '+٤٤2079460958'];
const BETWEEN = ['', ' ', '-', '.', '/', '(', ')', '\u2011', '\u2212', '\u200b', '\u200e', '\u202a', '\u2069', '\ufeff', '\u00a0', '+', 'x'];

/** A text and a kind of fingerprint. */
export function fingerprinted(seed) {
  const random = randomFrom(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const kind = pick(['exact', 'email', 'phone']);
  const scattered = (text, marks, share) => [...text].map((unit) => (random() < share ? pick(marks) + unit : unit)).join('');
  const texts = {
    exact: () => pick([...TEXTS, ...ODD_TEXTS, 'a'.repeat(below(200)), 'é'.repeat(below(200)), 'a'.repeat(below(20_000)), '\u0000'.repeat(below(70)), `${'a'.repeat(below(70))}${pick(ODD_TEXTS)}`]),
    email: () => {
      const address = random() < 0.1 ? pick(['a', 'k', '\u212a', '\u0130', 'A', 'é']).repeat(1 + below(3)) + 'a'.repeat(300 + below(20)) + '@b' : `${pick(LOCALS)}@${pick(DOMAINS)}`;
      return pick(AROUND) + (random() < 0.1 ? address.replace('@', pick(['', '@@', ' @ '])) : address) + pick(AROUND);
    },
    phone: () => scattered(pick(NUMBERS_OF_PHONES), BETWEEN, pick([0, 0.1, 0.4])),
  };
  const text = random() < 0.9 ? texts[kind]() : pick(Object.values(texts))();
  return { text, kind, asked: kind === 'exact' && random() < 0.5 ? undefined : kind };
}
