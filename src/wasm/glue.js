// The values of a call, by number. What Rust needs of them it asks here: a kind,
// the members of an object in one go, a copy with changes. No rule lives here.
//
// A number is the place of a value in `values`. A call of the package takes the
// places from a mark on and gives them back when it ends, so calls may nest: a
// getter may call the package again. Nothing here throws but on a full stack or
// memory: what a caller's value throws is reported as UNREADABLE.

// The numbers of `Kind` in node.rs.
const NULL = 0, BOOL = 1, NUMBER = 2, STRING = 3, ARRAY = 4, OBJECT = 5, UNDEFINED = 6,
  ILL_FORMED = 7, NOT_FINITE = 8, BIGINT = 9, FUNCTION = 10, SYMBOL = 11, INSTANCE = 12,
  UNREADABLE = 13;
// The number of glue.rs.
export const ABSENT = 0xffffffff;

const { getPrototypeOf, keys: keysOf, hasOwn, defineProperty, prototype: objectPrototype } = Object;
/** What every object inherits, unless somebody put more there. */
const inherited = new Set(Object.getOwnPropertyNames(objectPrototype));
/** The lengths of those names, a bit each, by their first letter: to look in a set takes five times as long. */
const lengths = new Int32Array(32);
for (const name of inherited) lengths[name.charCodeAt(0) & 31] |= 1 << name.length;
const encoder = new TextEncoder();
// A byte order mark at the start of a text is part of it.
export const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function isInherited(key) {
  return (lengths[key.charCodeAt(0) & 31] >> key.length) & 1 ? inherited.has(key) : false;
}

/** ES2024 has it; before, a class with the u flag matches only lone surrogates. */
export const isWellFormed = String.prototype.isWellFormed
  ? (text) => text.isWellFormed()
  : (text) => !/\p{Surrogate}/u.test(text);

/** 0 is undefined; then the names of names.rs. */
const values = [undefined];
let top = 1;
const names = new Map();
const constants = new Map();

let memory;
export let bytes = new Uint8Array(0);
let words = new Uint32Array(0);

/** Joins an instance to this module. Its `start` interns the names. */
export function attach(instanceMemory) {
  memory = instanceMemory;
  bytes = new Uint8Array(0);
  release(1);
  names.clear();
  constants.clear();
}

/** Memory that has grown leaves views of length 0 behind. */
export function view() {
  if (bytes.length === 0) {
    bytes = new Uint8Array(memory.buffer);
    words = new Uint32Array(memory.buffer);
  }
}

/** Whether one call made memory so large that it is better let go of. */
export function isLarge() {
  return bytes.length > 33_554_432;
}

/** Where the values of a call begin. */
export function mark() {
  return top;
}

/** Forgets the values from a mark on. */
export function release(mark) {
  // One call with a million values must not keep their room for ever.
  if (top > 4096) values.length = mark;
  else while (top > mark) values[--top] = undefined;
  top = mark;
}

export function push(value) {
  values[top] = value;
  return top++;
}

/** The value has been read: its getter may have called the package, which ended at `top`. */
function pushMember(key, value) {
  values[top] = key;
  values[top + 1] = value;
  top += 2;
}

/**
 * Takes in the own members of a plain object. `for … in` finds what a prototype
 * shows as well, which is nothing unless somebody put it there; to ask of each
 * key takes ten times as long as to read its value.
 */
function pushMembers(object) {
  if (showsNothing(getPrototypeOf(object))) {
    for (const key in object) pushMember(key, object[key]);
  } else {
    for (const key of keysOf(object)) pushMember(key, object[key]);
  }
}

export function showsNothing(prototype) {
  for (const _ in prototype) return false;
  return true;
}

/** A value's place and kind in one number. */
function read(value) {
  return ((push(value) << 4) | kindOf(value)) >>> 0;
}

/** Takes a value in; its place and kind. */
export { read as hold };

/** The value at a place. */
export function take(place) {
  return values[place];
}

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
    // The last test takes in the Object.prototype of other realms.
    return prototype === objectPrototype || prototype === null || getPrototypeOf(prototype) === null
      ? OBJECT : INSTANCE;
  } catch {
    return UNREADABLE;
  }
}

/**
 * Takes in the members of an object, or the items of an array up to `limit` and
 * the first hole (an array can be all hole): key, value, key, value, … Each
 * getter runs once. Writes how many at `out`, and then a byte for each of the
 * first `capacity`. The place of the first key; 0 when reading threw.
 */
export function describe(place, out, capacity, limit) {
  const object = values[place];
  const first = top;
  try {
    if (Array.isArray(object)) {
      const length = Math.min(object.length, limit);
      for (let index = 0; index < length; index++) {
        const item = object[index];
        pushMember(index, item);
        if (item === undefined) break;
      }
    } else {
      pushMembers(object);
    }
  } catch {
    release(first);
    return 0;
  }
  const count = (top - first) >>> 1;
  view();
  words[out >>> 2] = count;
  describeAgain(first, Math.min(count, capacity), out + 4);
  return first;
}

/**
 * The bytes of members that were taken in: the kind of the value; of the key
 * 16 for no text for UTF-8, 32 for a name that every object inherits, 64 and 128
 * for the names at place 1 and 2.
 */
export function describeAgain(first, count, out) {
  view();
  const one = values[1];
  const two = values[2];
  for (let index = 0; index < count; index++) {
    const key = values[first + 2 * index];
    const kind = kindOf(values[first + 2 * index + 1]);
    bytes[out + index] = typeof key === 'number' ? kind
      : kind | (isWellFormed(key) ? 0 : 16) | (isInherited(key) ? 32 : 0)
        | (key === one ? 64 : key === two ? 128 : 0);
  }
}

/** The own member of an object. */
export function member(object, key) {
  try {
    const owner = values[object];
    const name = values[key];
    return hasOwn(owner, name) ? read(owner[name]) : ABSENT;
  } catch {
    return UNREADABLE;
  }
}

/** What an object or its prototype has under a name. */
export function property(object, name) {
  try {
    return read(values[object][values[name]]);
  } catch {
    return UNREADABLE;
  }
}

export function memberCount(object) {
  try {
    return keysOf(values[object]).length;
  } catch {
    return ABSENT;
  }
}

export function same(a, b) {
  return values[a] === values[b];
}

/** The place of the name that equals a text; 0 for any other value. */
export function nameOf(place) {
  return names.get(values[place]) ?? 0;
}

/** The place of undefined or of the name that equals a value; ABSENT for any other. */
export function placeOf(value) {
  return value === undefined ? 0 : names.get(value) ?? ABSENT;
}

/** The length in code points. */
export function charCount(place) {
  let count = 0;
  for (const _ of values[place]) count++;
  return count;
}

/** An own member, even where `=` would call a setter that every object inherits, as that of `__proto__`. */
function define(object, key, value) {
  if (key in objectPrototype) {
    defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/** A shallow copy with changes, pairs of a key and a value; one whose value is 0 is left out. Place 0 copies nothing. */
export function copyWith(place, changes, count) {
  view();
  const start = changes >>> 2;
  const end = start + 2 * count;
  let copy;
  try {
    copy = { ...values[place] };
  } catch {
    return UNREADABLE;
  }
  // A getter may have called the package, and memory have grown.
  view();
  for (let index = start; index < end; index += 2) {
    const key = values[words[index] >>> 4];
    if (words[index + 1] === 0) delete copy[key];
    else define(copy, key, values[words[index + 1] >>> 4]);
  }
  return ((push(copy) << 4) | OBJECT) >>> 0;
}

/** An array of the values at `count` places. */
export function arrayOf(places, count) {
  view();
  const items = [];
  for (let index = places >>> 2; index < (places >>> 2) + count; index++) items.push(values[words[index]]);
  return ((push(items) << 4) | ARRAY) >>> 0;
}

export function put(object, name, value) {
  define(values[object], values[name], values[value]);
}

/** An issue, of places; place 0 for no parameters. */
export function issue(code, severity, path, pointer, message, params) {
  const issue = {
    code: values[code],
    severity: values[severity],
    path: values[path],
    pointer: values[pointer],
    message: values[message],
  };
  if (params !== 0) issue.params = values[params];
  return push(issue);
}

/** A number, or a boolean as 1 or 0. */
export function numberAt(place) {
  return +values[place];
}

/** The text of UTF-8. */
export function text(pointer, length) {
  view();
  return push(decoder.decode(bytes.subarray(pointer, pointer + length)));
}

/** A text of the module itself, by where it is: made once. */
export function constant(pointer, length) {
  let known = constants.get(pointer);
  if (known?.length !== length) {
    known = values[text(pointer, length)];
    constants.set(pointer, known);
  }
  return push(known);
}

/** A text that stays for ever, under a place and by name. */
export function intern(pointer, length) {
  const place = text(pointer, length);
  names.set(values[place], place);
}

/** The place after the names. */
export function internNull() {
  push(null);
}

/** UTF-8 of a text, a lone surrogate as U+FFFD: how long, or ABSENT where it does not fit. */
export function encode(place, pointer, capacity) {
  const source = values[place];
  const { length } = source;
  if (length > capacity) return ABSENT;
  view();
  // Most are short and ASCII, for which a call of the encoder takes longer.
  if (length <= 32) {
    let index = 0;
    for (; index < length; index++) {
      const unit = source.charCodeAt(index);
      if (unit > 127) break;
      bytes[pointer + index] = unit;
    }
    if (index === length) return length;
  }
  const { read, written } = encoder.encodeInto(source, bytes.subarray(pointer, pointer + capacity));
  return read === length ? written : ABSENT;
}

/** No text takes more bytes than this. */
export function encodedBound(place) {
  return values[place].length * 3;
}

/** The platform's own tables: in wasm they would be a half of the module. */
export function lowerCase(pointer, length) {
  const place = text(pointer, length);
  values[place] = values[place].toLowerCase();
  return place;
}

/** How many bytes a Uint8Array of any realm has, copied if they fit; ABSENT for anything else. */
export function bytesOf(place, pointer, capacity) {
  const value = values[place];
  try {
    if (!ArrayBuffer.isView(value) || value[Symbol.toStringTag] !== 'Uint8Array') return ABSENT;
    if (value.length <= capacity) {
      view();
      bytes.set(value, pointer);
    }
    return value.length;
  } catch {
    return ABSENT;
  }
}

/**
 * UTF-8 of at most `most` items of an array from `index` on, one after the other,
 * and their lengths: how many. It ends before an item that is no text for UTF-8,
 * and where the capacity may not do.
 */
export function encodeItems(place, index, most, lengths, pointer, capacity) {
  const items = values[place];
  const units = [];
  let all = '';
  try {
    const end = Math.min(items.length, index + most);
    for (; index < end; index++) {
      const item = items[index];
      if (typeof item !== 'string' || (all.length + item.length) * 3 > capacity) break;
      units.push(item.length);
      all += item;
    }
  } catch {
    return 0;
  }
  view();
  const target = bytes.subarray(pointer, pointer + capacity);
  const start = lengths >>> 2;
  // All of it ASCII, as most is: then a text has as many bytes as units.
  if (encoder.encodeInto(all, target).written === all.length) {
    for (let count = 0; count < units.length; count++) words[start + count] = units[count];
    return units.length;
  }
  let count = 0;
  for (let from = 0, offset = 0; count < units.length; count++) {
    const text = all.slice(from, (from += units[count]));
    if (!isWellFormed(text)) break;
    const { written } = encoder.encodeInto(text, target.subarray(offset));
    words[start + count] = written;
    offset += written;
  }
  return count;
}

/** An item of an array. */
export function item(place, index) {
  try {
    return read(values[place][index]);
  } catch {
    return UNREADABLE;
  }
}

/** Whether an array ends before an index. */
export function isPast(place, index) {
  try {
    return !(index < values[place].length);
  } catch {
    return false;
  }
}

/** Appends texts of 64 digits to an array of ours. */
export function appendHex(place, pointer, count) {
  view();
  const digits = decoder.decode(bytes.subarray(pointer, pointer + 64 * count));
  const list = values[place];
  for (let index = 0; index < count; index++) list.push(digits.slice(64 * index, 64 * index + 64));
}

/** A URL by the platform's own parser; ABSENT where it is none. */
export function parseUrl(place) {
  try {
    return read(new URL(values[place]));
  } catch {
    return ABSENT;
  }
}
