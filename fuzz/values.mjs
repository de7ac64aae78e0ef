// Values nobody should hand over, and many that one does: made of a seed, the
// same in every runtime.

/** A generator of numbers from 0 to 1 (mulberry32): a run can be made again. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const KEYS = [
  'metadata', 'display_name', 'displayName', 'status', 'id', 'limits', 'current', 'a', 'b', 'c', 'd', 'e', '', '0', 'a/b~c',
  '__proto__', 'constructor', 'hasOwnProperty', 'toJSON', 'valueOf', 'length', 'prototype', 'then', 'x\ud800', 'é', '💜',
];
const TEXTS = ['', 'x', 'premium', 'Ada@Example.com', ' ada@example.com ', '+44 20 7946 0958', '0044 (0)20', '\ud800', '💜', 'é@ü.de', '\u0000', '\ufeffa@b.c', 'a@b@c', '@', '..', 'palm_usr_1', 'exact', 'email', 'phone', 'active', 'https://api.getpalm.com', 'sk_test_0'];
const SCALARS = [null, undefined, true, false, 0, -0, 1, 50, NaN, Infinity, -Infinity, 2 ** 53, 0.1, 1n, Symbol('s'), Symbol.iterator];

class Instance {
  field = 'x';
  get computed() {
    return 'y';
  }
}

/** Makes values. `written()` says whether anything tried to write to one; `again` is called from getters. */
export function generator(random, again) {
  let writes = 0;
  const pick = (list) => list[Math.floor(random() * list.length)];
  const boom = () => {
    throw pick([new Error('boom'), 'a string', undefined, null, Symbol('boom')]);
  };
  const written = () => {
    writes++;
    return true;
  };
  const made = [];

  function object(depth) {
    const target = random() < 0.1 ? Object.create(null) : {};
    for (let count = Math.floor(random() * 5); count > 0; count--) {
      const key = pick(KEYS);
      const roll = random();
      const member = { enumerable: random() < 0.95, configurable: true };
      if (roll < 0.04) Object.defineProperty(target, key, { ...member, get: boom });
      else if (roll < 0.08) Object.defineProperty(target, key, { ...member, get: () => value(depth - 1) });
      else if (roll < 0.1) Object.defineProperty(target, key, { ...member, get: () => (again(), value(0)) });
      else Object.defineProperty(target, key, { ...member, writable: true, value: value(depth - 1) });
    }
    if (random() < 0.05) target[Symbol('hidden')] = 1;
    const roll = random();
    if (roll < 0.1) Object.freeze(target);
    else if (roll < 0.15) Object.seal(target);
    return target;
  }

  function proxy(target) {
    const handler = { set: written, defineProperty: written, deleteProperty: written, setPrototypeOf: written };
    for (const trap of ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf']) {
      if (random() < 0.1) handler[trap] = boom;
    }
    const roll = random();
    if (roll < 0.1) handler.ownKeys = () => [pick(KEYS), pick(KEYS), 'metadata'];
    else if (roll < 0.2) handler.getOwnPropertyDescriptor = () => ({ value: 1, enumerable: true, configurable: true });
    else if (roll < 0.3) handler.get = () => value(1);
    else if (roll < 0.35) handler.getPrototypeOf = () => pick([null, Object.prototype, Array.prototype, Instance.prototype]);
    if (roll < 0.95) return new Proxy(target, handler);
    const { proxy, revoke } = Proxy.revocable(target, handler);
    revoke();
    return proxy;
  }

  function value(depth) {
    const roll = random();
    let result;
    if (depth <= 0 || roll < 0.3) result = random() < 0.7 ? pick(TEXTS) : pick(SCALARS);
    else if (roll < 0.75) result = object(depth);
    else if (roll < 0.82) result = Array.from({ length: Math.floor(random() * 4) }, () => value(depth - 1));
    else if (roll < 0.9) result = proxy(random() < 0.8 ? object(depth) : []);
    else if (roll < 0.94 && made.length > 0) result = pick(made);
    else result = odd();
    if (typeof result === 'object' && result !== null && made.push(result) > 20) made.shift();
    return result;
  }

  function odd() {
    const sparse = [];
    sparse.length = 1 + Math.floor(random() * 2 ** 32 - 2);
    const cyclic = { a: {} };
    cyclic.a.b = cyclic;
    const bytes = new Uint8Array(Math.floor(random() * 200));
    if (random() < 0.2) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return pick([sparse, cyclic, bytes, new Date(NaN), new Map([['metadata', 1]]), new Set(), new Instance(), new String('x'), /x/, () => 1, class {}, Object.create({ metadata: {} }), new DataView(new ArrayBuffer(2)), new Float64Array(3), new Error('x'), Promise.resolve(), new WeakMap(), globalThis, JSON, 'x'.repeat(2000), '\ud800'.repeat(50)]);
  }

  /** Something that is a patch more often than not. */
  function patch() {
    if (random() < 0.15) return value(4);
    const made = {};
    if (random() < 0.85) made.metadata = random() < 0.9 ? object(3) : value(3);
    if (random() < 0.3) made.display_name = random() < 0.7 ? pick(TEXTS) : value(1);
    if (random() < 0.05) made[pick(KEYS)] = value(1);
    return random() < 0.1 ? proxy(made) : made;
  }

  function user() {
    if (random() < 0.1) return value(4);
    const made = { id: 'x', object: 'user', status: pick(['active', 'active', 'suspended', 1]), metadata: random() < 0.9 ? object(3) : value(2), vault: {} };
    if (random() < 0.5) made.display_name = value(0);
    return random() < 0.1 ? proxy(made) : made;
  }

  return { value, patch, user, pick, writes: () => writes };
}
