// What JavaScript can see and Rust cannot: the kind of a value, its members in
// one go, a copy with changes. No rule lives here. Every function that touches
// a caller's value may throw, and Rust imports it with `catch`.

// The numbers of `Kind` in node.rs.
const NULL = 0, BOOL = 1, NUMBER = 2, STRING = 3, ARRAY = 4, OBJECT = 5, UNDEFINED = 6,
  ILL_FORMED = 7, NOT_FINITE = 8, BIGINT = 9, FUNCTION = 10, SYMBOL = 11, INSTANCE = 12,
  UNREADABLE = 13;

const { getPrototypeOf, keys: keysOf, hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key), defineProperty, prototype: objectPrototype } = Object;

/** ES2024 has it; before, a class with the u flag matches only lone surrogates. */
const isWellFormed = String.prototype.isWellFormed
  ? (text) => text.isWellFormed()
  : (text) => !/\p{Surrogate}/u.test(text);

/** What a value is to JSON. Never throws. */
export function kindOf(value) {
  switch (typeof value) {
    case 'string': return isWellFormed(value) ? STRING : ILL_FORMED;
    case 'number': return Number.isFinite(value) ? NUMBER : NOT_FINITE;
    case 'boolean': return BOOL;
    case 'undefined': return UNDEFINED;
    case 'bigint': return BIGINT;
    case 'function': return FUNCTION;
    case 'symbol': return SYMBOL;
  }
  if (value === null) return NULL;
  try {
    if (Array.isArray(value)) return ARRAY;
    const prototype = getPrototypeOf(value);
    // The second test takes in the Object.prototype of other realms.
    return prototype === null || prototype === objectPrototype || getPrototypeOf(prototype) === null
      ? OBJECT : INSTANCE;
  } catch {
    return UNREADABLE;
  }
}

/** Key, value, key, value, … Each getter runs once. */
export function members(object) {
  const list = [];
  for (const key of keysOf(object)) list.push(key, object[key]);
  return list;
}

/** The items up to the first hole, which reads as undefined: an array can be all hole. */
export function items(array) {
  const list = [];
  const { length } = array;
  for (let index = 0; index < length; index++) {
    const item = array[index];
    list.push(item);
    if (item === undefined) break;
  }
  return list;
}

export function hasMember(object, key) {
  return hasOwn(object, key);
}

export function member(object, key) {
  return object[key];
}

export function memberCount(object) {
  return keysOf(object).length;
}

/** 1: UTF-8 can carry it. 2: every object inherits a member of that name. */
export function keyFlags(key) {
  return (isWellFormed(key) ? 1 : 0) | (key in objectPrototype ? 2 : 0);
}

/** The length in code points. */
export function charCount(text) {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** An own member, even where `=` would call the setter of `__proto__`. */
function define(object, key, value) {
  if (key === '__proto__') {
    defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/** An object of [key, value, key, value, …]. */
export function objectOf(list) {
  const object = {};
  for (let index = 0; index < list.length; index += 2) define(object, list[index], list[index + 1]);
  return object;
}

/** A shallow copy with keys removed, and then [key, value, …] written. */
export function copyWith(object, removed, written) {
  const copy = { ...object };
  for (const key of removed) delete copy[key];
  for (let index = 0; index < written.length; index += 2) define(copy, written[index], written[index + 1]);
  return copy;
}

const nothing = Object.freeze([]);
const validReport = Object.freeze({ valid: true, errors: nothing, warnings: nothing });

/** The report of most patches, made once. */
export function reportOfValid() {
  return validReport;
}

/** The platform's own tables: in wasm they would be a quarter of the module. */
export function lowerCase(text) {
  return text.toLowerCase();
}

/** The bytes of a Uint8Array of any realm. */
export function bytesOf(value) {
  return ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Uint8Array'
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}

/** Whether code here runs on a device of a user, who can read a key. */
export function isBrowser() {
  const { navigator, process, Deno, EdgeRuntime, document, WorkerGlobalScope } = globalThis;
  // Servers that look like browsers come first.
  if (navigator?.userAgent === 'Cloudflare-Workers') return false;
  if (typeof process?.versions?.node === 'string' || typeof Deno?.version?.deno === 'string') return false;
  if (typeof EdgeRuntime === 'string') return false;
  return document !== undefined
    || (typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope)
    || navigator?.product === 'ReactNative';
}

/** Milliseconds on a clock that is not set back. */
export function now() {
  return globalThis.performance?.now() ?? Date.now();
}

/** Calls the fetch that was given, or the global one as it is now. */
export function send(fetch, url, init) {
  if (fetch === undefined) return globalThis.fetch(url, init);
  // A service binding has fetch as a method and needs its `this`.
  return typeof fetch === 'function' ? fetch(url, init) : fetch.fetch(url, init);
}

/** The system's code of a lost connection, such as ECONNRESET. */
export function systemCode(error) {
  const code = error?.cause?.code ?? error?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : undefined;
}

/**
 * The body of an answer as text; undefined once it is longer than `maxBytes`.
 * In one promise: each that Rust waits for costs several crossings.
 */
export async function readText(answer, maxBytes) {
  const { body } = answer;
  // No stream: an empty body, or a fetch that is not the platform's.
  if (typeof body?.getReader !== 'function' || body.locked) return answer.text();
  const reader = body.getReader();
  // Lossy, and without a byte order mark, as JSON's text is read.
  const decoder = new TextDecoder();
  let text = '';
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > maxBytes) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
