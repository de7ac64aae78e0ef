// The fast path of a patch: read here, judged by the core in one call, copied here.
//
// What crosses is a byte for each member of the metadata and each text field, and a
// few lengths, in memory that src/wasm/precheck.rs shares. No rule lives here. What
// the core does not take for plain goes the slow path, from the beginning, and
// nothing that was read here is used.

import { judgePatch } from '#bindgen';
import { ABSENT, append, bytes, isInherited, isWellFormed, showsNothing, view, words } from '#glue';

import {
  ACTIVE, ADD, BOOL, HAS_LIMITS, IS_INACTIVE, IS_REPORT, LIMITS_AT, LIMIT_NAMES, MEMBERS, MEMBERS_AT, NEW_METADATA,
  NEW_TEXT, NONE, NULL, NUMBER, PLAIN, REMOVE, REPLACE, SAME, STORED, STRING, TEXTS_AT, TEXT_FIELDS, TEXT_LENGTHS_AT,
} from './generated.js';
import { enter, epoch, isReady, nextEpoch, shared } from './instance.js';
import type { Report } from './report.js';

type Members = Record<string, unknown>;

const objectPrototype = Object.prototype;
const EMPTY: Members = {};
const NO_ISSUES = Object.freeze([]);

/** The report of a patch without any issue. */
export const VALID: Report = Object.freeze({ valid: true, errors: NO_ISSUES, warnings: NO_ISSUES });

// What was read of a patch and of its user. A getter may call the package and have it
// written over: then the epoch is another.
let stored = EMPTY;
let keys = 0;
let count = 0;
const texts: unknown[] = new Array(TEXT_FIELDS.length).fill(undefined);
const storedTexts: unknown[] = [...texts];
/** The keys and values of the metadata in turns, where there is a user. Empty between calls. */
const members: unknown[] = new Array(2 * MEMBERS).fill(undefined);

/** The report of `validatePatch`; undefined where the core has to look closer. */
export function fastReport(patch: unknown, options: unknown): Report | undefined {
  const mine = nextEpoch();
  let current: unknown;
  try {
    // The slow path reports what making an instance throws.
    if (!isReady && !enter()) return undefined;
    let limits: unknown;
    if (options !== undefined) {
      if (!isPlainObject(options)) return undefined;
      for (const name in options) {
        if (name === 'current') current = options[name];
        else if (name === 'limits') limits = options[name];
        else return undefined;
      }
    }
    return judge(patch, current, limits, IS_REPORT, mine) === 0 ? undefined : VALID;
  } catch {
    // What a getter throws, the slow path reports; and a full stack, if it is still full.
    return undefined;
  } finally {
    if (current !== undefined) forget(mine);
  }
}

/** The user of `applyPatch`; undefined where the core has to look closer. */
export function fastUpdate(user: unknown, patch: unknown, options: unknown): unknown {
  const mine = nextEpoch();
  try {
    // The slow path reports what making an instance throws.
    if (!isReady && !enter()) return undefined;
    let limits: unknown;
    if (options !== undefined) {
      if (!isPlainObject(options)) return undefined;
      for (const name in options) {
        if (name !== 'limits') return undefined;
        limits = options[name];
      }
    }
    if (user === undefined) return undefined;
    const judgement = judge(patch, user, limits, 0, mine);
    if (judgement === 0) return undefined;
    return judgement === PLAIN ? user : updated(user as Members, judgement, mine);
  } catch {
    return undefined;
  } finally {
    forget(mine);
  }
}

/** Reads all there is, in the order of the slow path, and has it judged: 0 where it is not surely plain. */
function judge(patch: unknown, user: unknown, limits: unknown, flags: number, mine: number): number {
  // If not, `for … in` finds what every object inherits.
  if (!showsNothing(objectPrototype)) return 0;
  view();
  // Where memory grows meanwhile, nothing is written, and the epoch is another.
  const memory = bytes;
  const at = shared + MEMBERS_AT, textsAt = shared + TEXTS_AT, lengthsAt = (shared + TEXT_LENGTHS_AT) >>> 2;
  if (limits !== undefined) {
    if (!readLimits(limits)) return 0;
    flags |= HAS_LIMITS;
  }
  const isReport = (flags & IS_REPORT) !== 0;
  const isHeld = user !== undefined;
  // A report needs no value again.
  const isKept = isHeld && !isReport;
  keys = 0;
  if (!isPlainObject(patch)) return 0;
  let metadata: unknown = EMPTY;
  let row = '';
  for (let index = 0; index < TEXT_FIELDS.length; index++) {
    memory[textsAt + index] = NONE;
    words[lengthsAt + index] = 0;
  }
  for (const field in patch) {
    if (field === 'metadata') {
      metadata = patch[field];
      continue;
    }
    let index = 0;
    while (TEXT_FIELDS[index] !== field) if (++index === TEXT_FIELDS.length) return 0;
    const text = patch[field];
    let byte = NULL;
    if (typeof text === 'string') {
      row += joinable(text);
      words[lengthsAt + index] = text.length;
      byte = STRING;
    } else if (text !== null) return 0;
    if (isKept) texts[index] = text;
    memory[textsAt + index] = byte;
  }
  if (!isPlainObject(metadata)) return 0;
  let longestKey = 0, longestValue = 0, read = 0;
  for (const key in metadata) {
    if (read === MEMBERS || isInherited(key)) return 0;
    const value = metadata[key];
    row += joinable(key);
    if (key.length > longestKey) longestKey = key.length;
    let byte = NULL;
    if (typeof value === 'string') {
      row += joinable(value);
      if (value.length > longestValue) longestValue = value.length;
      byte = STRING;
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return 0;
      byte = NUMBER;
    } else if (typeof value === 'boolean') byte = BOOL;
    else if (value !== null) return 0;
    if (isHeld) {
      members[2 * read] = key;
      if (isKept) members[2 * read + 1] = value;
    }
    memory[at + read++] = byte;
  }
  count = read;
  if (user !== undefined) {
    // After the patch, whose getters may change the user.
    if (!readUser(user, isKept)) return 0;
    const status = user['status'];
    if (typeof status === 'string' && status !== ACTIVE) flags |= IS_INACTIVE;
    for (let index = 0; isKept && index < TEXT_FIELDS.length; index++) {
      if (texts[index] === storedTexts[index]) memory[textsAt + index]! |= SAME;
    }
  }
  // Of each text it takes up to 28 ns, of a row of them 5.
  if (!isWellFormed(row)) return 0;
  if (isReport) {
    // As if the user had none of the keys: then there are more of them afterwards.
    if (epoch !== mine) return 0;
    const judgement = judgePatch(flags, read, keys, longestKey, longestValue);
    if (judgement !== 0 || !isHeld) return judgement;
  }
  if (isHeld) compare(memory, at, isReport);
  return epoch === mine ? judgePatch(flags, read, keys, longestKey, longestValue) : 0;
}

function readLimits(limits: unknown): boolean {
  if (!isPlainObject(limits)) return false;
  const at = (shared + LIMITS_AT) >>> 2;
  for (let index = 0; index < LIMIT_NAMES.length; index++) words[at + index] = ABSENT;
  // Most are written in the order of the names.
  let next = 0;
  for (const name in limits) {
    let index = next;
    if (LIMIT_NAMES[index] !== name) {
      index = 0;
      while (LIMIT_NAMES[index] !== name) if (++index === LIMIT_NAMES.length) return false;
    }
    const limit = limits[name] as number;
    if (limit >>> 0 !== limit || limit === ABSENT) return false;
    words[at + index] = limit;
    next = index + 1;
  }
  return true;
}

function readUser(user: unknown, isKept: boolean): user is Members {
  // A user that may inherit a field is read on the slow path.
  if (!isPlainObject(user) || 'metadata' in objectPrototype || 'status' in objectPrototype) return false;
  const metadata = user['metadata'];
  if (!isPlainObject(metadata)) return false;
  stored = metadata;
  let found = 0;
  for (const _ in metadata) found++;
  keys = found;
  for (let index = 0; index < TEXT_FIELDS.length; index++) {
    const field = TEXT_FIELDS[index] as string;
    if (field in objectPrototype) return false;
    const text = user[field];
    if (typeof text === 'object' && text !== null) return false;
    if (isKept) storedTexts[index] = text;
  }
  return true;
}

/**
 * Adds to each byte what the user has under the key; for a report, only whether it
 * has. After the patch was read, whose getters may change the user.
 */
function compare(memory: Uint8Array, at: number, isReport: boolean): void {
  const before = stored, most = count;
  for (let index = 0; index < most; index++) {
    const key = members[2 * index] as string;
    if (Object.hasOwn(before, key)) {
      memory[at + index]! |= !isReport && before[key] === members[2 * index + 1] ? STORED | SAME : STORED;
    }
  }
}

/** No function of the package holds on to a value. What was called meanwhile has cleared the first ones. */
function forget(mine: number): void {
  const list = members, isNested = epoch !== mine;
  for (let at = 0; at < list.length && (isNested || list[at] !== undefined); at += 2) {
    list[at] = undefined;
    list[at + 1] = undefined;
  }
  stored = EMPTY;
  for (let index = 0; index < TEXT_FIELDS.length; index++) texts[index] = storedTexts[index] = undefined;
}

/** Beyond so many units a text is not copied to be checked. */
const LONG = 1024;
/** The second half of a pair, which makes a row ill-formed. */
const ILL_FORMED = '\udc00';

/**
 * A text as it may be joined with others: the row is well-formed if each of them is.
 * None ends in the first half of a pair, so no two halves meet. A long one is not copied.
 */
function joinable(text: string): string {
  if (text.length > LONG) return isWellFormed(text) ? '' : ILL_FORMED;
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800 ? ILL_FORMED : text;
}

/** An object of no class: it inherits nothing but what `in objectPrototype` finds. */
function isPlainObject(object: unknown): object is Members {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return false;
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === objectPrototype || prototype === null;
}

/**
 * JavaScriptCore (Safari, Bun) copies an object of any size at once by `{ ...object }`,
 * and neither `delete` nor `=` makes a table of the copy. What is quick in V8 and
 * SpiderMonkey takes it four times as long. Its errors alone have a `line`.
 */
let isJsc: boolean | undefined;
/** How many members an object gets by `=` before engines make a table of it. */
const SMALL = 12;
/** Up to how many members are left out of a copy by their names. */
const NAMED = 4;

/** The user after the changes of a judgement. */
function updated(user: Members, judgement: number, mine: number): Members {
  isJsc ??= 'line' in new Error();
  const metadata = (judgement & NEW_METADATA) === 0 ? undefined : merged(mine, isJsc);
  let isNew = false;
  for (let index = 0; index < TEXT_FIELDS.length; index++) isNew ||= storedTexts[index] === undefined;
  // `{ ...user }` is fastest by far, and what is added to it slowest: see `merged`.
  const after: Members = isNew && !isJsc ? { ...EMPTY, ...user } : { ...user };
  if (epoch !== mine) throw undefined;
  // Nothing that every object inherits: `readUser` looked.
  if (metadata !== undefined) after['metadata'] = metadata;
  for (let index = 0; index < TEXT_FIELDS.length; index++) {
    if ((judgement & (NEW_TEXT << index)) !== 0) after[TEXT_FIELDS[index] as string] = texts[index];
  }
  return after;
}
/** The stored metadata after the members that were read. */
function merged(mine: number, isJsc: boolean): Members {
  const before = stored, most = count;
  const memory = bytes, at = shared + MEMBERS_AT;
  let removed = 0, added = 0;
  for (let index = 0; index < most; index++) {
    const effect = memory[at + index];
    if (effect === REMOVE) without[removed++ % NAMED] = members[2 * index] as string;
    else if (effect === ADD) added++;
  }
  // A member that is not named when the copy is made is deleted from it.
  const isNamed = !isJsc && removed <= NAMED;
  const isLarge = isNamed && keys > SMALL;
  // Engines copy an object fastest by `{ ...object }`, and then take half a microsecond
  // for each member that is added. Behind another object they copy member by member.
  const copy = isJsc ? { ...before } : removed > 0 ? copyWithout(before, removed) : added > 0 ? { ...EMPTY, ...before } : { ...before };
  if (epoch !== mine) throw undefined;
  for (let index = 0; index < most; index++) {
    const effect = memory[at + index];
    const key = members[2 * index] as string;
    if (effect === REMOVE) {
      if (!isNamed) delete copy[key];
    } else if ((effect === REPLACE || (effect === ADD && !isLarge)) && !(key in objectPrototype)) copy[key] = members[2 * index + 1];
    // What is stored and not enumerable is not in the copy: `=` would call an inherited setter.
    else if (effect === REPLACE || effect === ADD) append(copy, key, members[2 * index + 1]);
  }
  return copy;
}

/** The names that a copy is made without. */
const without = ['', '', '', ''] as [string, string, string, string];

/**
 * A shallow copy that lacks some members: to name them takes a half of the time that
 * `delete` does, which makes a table. More than can be named stay.
 */
function copyWithout(object: Members, removed: number): Members {
  const a = without[0], b = without[1], c = without[2], d = without[3];
  // Each name is compared with each member: no more names than there are.
  switch (removed) {
    case 1: {
      const { [a]: _, ...copy } = object;
      return copy;
    }
    case 2: {
      const { [a]: _1, [b]: _2, ...copy } = object;
      return copy;
    }
    case 3: {
      const { [a]: _1, [b]: _2, [c]: _3, ...copy } = object;
      return copy;
    }
    case 4: {
      const { [a]: _1, [b]: _2, [c]: _3, [d]: _4, ...copy } = object;
      return copy;
    }
    default:
      return { ...object };
  }
}
