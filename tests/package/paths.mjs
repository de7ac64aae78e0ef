// Which path a call takes, and how to compare what the paths give. Import this
// module before palm-user: it counts the calls that the compiled rules make into
// JavaScript.

let crossings = 0;
let memory;
let size = 0;
let moved = 0;

const { Instance } = WebAssembly;

/** Counts the calls, and the bytes that a platform may move each time the memory grows. */
function counted(call) {
  return function (...values) {
    crossings++;
    const { byteLength } = memory?.buffer ?? { byteLength: 0 };
    if (byteLength > size) moved += byteLength;
    size = byteLength;
    return call.apply(this, values);
  };
}

WebAssembly.Instance = new Proxy(Instance, {
  construct(target, [module, imports, ...more]) {
    const wrapped = {};
    for (const [name, space] of Object.entries(imports ?? {})) {
      wrapped[name] = {};
      for (const [key, value] of Object.entries(space)) wrapped[name][key] = typeof value === 'function' ? counted(value) : value;
    }
    const instance = new target(module, wrapped, ...more);
    if (instance.exports.memory instanceof WebAssembly.Memory) memory = instance.exports.memory;
    return instance;
  },
});

/** What a call costs, counted and not timed: calls out of the module, and bytes moved by growth of its memory. */
export function work(run) {
  const before = { crossings, moved };
  run();
  return { crossings: crossings - before.crossings, moved: moved - before.moved };
}

/** Whether a call takes the slow path: the fast path makes one call into the module, and none out of it. */
export const isSlow = (run) => work(() => outcome(run)).crossings > 0;

/** An enumerable member of every object: harmless, and never surely plain. */
const EVERYWHERE = 'shown by Object.prototype';

/** Runs something on the slow path. The result must not depend on it. */
export function onSlowPath(run) {
  Object.defineProperty(Object.prototype, EVERYWHERE, { value: 1, enumerable: true, configurable: true });
  try {
    return run();
  } finally {
    delete Object.prototype[EVERYWHERE];
  }
}

/** What a call gives, or what it throws. */
export function outcome(run) {
  try {
    return { value: run() };
  } catch (error) {
    return { thrown: error };
  }
}

/** A long text by its ends and its length. */
const textual = (text) => (text.length <= 60 ? JSON.stringify(text) : `${JSON.stringify(`${text.slice(0, 20)}…${text.slice(-20)}`)} of ${text.length}`);

const PROTOTYPES = new Map([[Object.prototype, 'Object'], [Array.prototype, 'Array'], [null, 'null']]);

/**
 * A value as a text: its own keys in order with their descriptors, its prototype,
 * whether it is frozen. An object that has a name in `known` is that name: two
 * texts are equal only if they share the same parts of the inputs.
 */
export function described(value, known = new Map(), depth = 8) {
  if (typeof value === 'string') return textual(value);
  if (typeof value === 'function') return known.get(value) ?? 'a function';
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : `${typeof value === 'bigint' ? 'bigint ' : ''}${String(value)}`;
  const name = known.get(value);
  if (name !== undefined) return `<${name}>`;
  if (depth === 0) return '…';
  try {
    const prototype = Object.getPrototypeOf(value);
    const kind = PROTOTYPES.get(prototype) ?? prototype.constructor?.name;
    const frozen = Object.isFrozen(value) ? ' frozen' : Object.isExtensible(value) ? '' : ' closed';
    let members = '';
    for (const key of Reflect.ownKeys(value)) {
      // Where an error was thrown is no part of what it says.
      if (key === 'stack' && value instanceof Error) continue;
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      const flags = (descriptor.writable ? 'w' : '-') + (descriptor.enumerable ? 'e' : '-') + (descriptor.configurable ? 'c' : '-');
      const text = 'value' in descriptor ? described(descriptor.value, known, depth - 1) : 'accessor';
      members += `${members === '' ? '' : ', '}${typeof key === 'symbol' ? String(key) : textual(key)} ${flags} ${text}`;
    }
    return `${kind}${frozen} {${members}}`;
  } catch {
    return 'unreadable';
  }
}

/** An {@link outcome} as a text. */
export const toldOf = ({ value, thrown }, known) => (thrown === undefined ? described(value, known) : `throws ${described(thrown, known)}`);

/** What a call gives, or throws, as a text. */
export const told = (run, known) => toldOf(outcome(run), known);

/** An object's own state as a text, whatever it is called. */
export function stateOf(object, known) {
  const name = known.get(object);
  known.delete(object);
  try {
    return described(object, known);
  } finally {
    known.set(object, name);
  }
}
