// The short way of a patch that is merged: read here, judged by the core in one call,
// copied here.
//
// What crosses is a byte for each member of the metadata, in memory that precheck.rs
// shares. No rule lives here: whatever is not surely plain the core reads the long
// way, from the beginning, and nothing that was read here is used.

import { judgePlain } from '#bindgen';
import { ABSENT, bytes, isInherited, isWellFormed, showsNothing, view } from '#glue';

import { SHARED_BYTES, isReady, nextTurn, shared, turn } from './instance.js';
import { inRow, isAlone, type Members } from './glance.js';

// The numbers of precheck.rs: of a member's byte, of its effect, of a verdict; and of `Kind`.
const STORED = 64, SAME = 128;
const REPLACE = 1, ADD = 2, REMOVE = 3;
const PLAIN = 1, NEW_METADATA = 2, NEW_NAME = 4;
const NULL = 0, STRING = 3;

/** How many members an object gets by `=` before engines make a table of it. */
const SMALL = 12;
/** How many members a copy is made without by naming them. */
const NAMED = 4;

const objectPrototype = Object.prototype;
const nobody: Members = {};

/** What was read of the metadata: keys and values in turns. Empty between calls. */
const held: unknown[] = new Array(2 * SHARED_BYTES).fill(undefined);

/** The user after a patch. Undefined where the core has to look closer. */
export function plainUpdate(user: unknown, patch: unknown): unknown {
  if (!isReady) return undefined;
  // A getter may have the package overwrite what is read here: its calls count as well.
  const mine = nextTurn();
  try {
    // A user that may inherit a field is read the long way.
    if (!isAlone(user) || !isAlone(patch) || 'metadata' in objectPrototype || 'display_name' in objectPrototype || !showsNothing(objectPrototype)) return undefined;
    const before = user['metadata'];
    if (!isAlone(before)) return undefined;
    const storedName = user['display_name'];
    let metadata: unknown = nobody;
    let newName: unknown;
    let name = ABSENT;
    for (const field in patch) {
      if (field === 'metadata') metadata = patch[field];
      else if (field !== 'display_name') return undefined;
      else {
        newName = patch[field];
        if (typeof newName !== 'string' || !isWellFormed(newName)) return undefined;
        name = newName === storedName ? STRING | SAME : STRING;
      }
    }
    if (!isAlone(metadata)) return undefined;
    let keys = 0;
    for (const _ in before) keys++;
    const count = read(metadata, before);
    if (turn !== mine || count < 0) return undefined;
    const verdict = judgePlain(count, name, keys);
    if (verdict === PLAIN) return user;
    if ((verdict & PLAIN) === 0) return undefined;
    const updated = (verdict & NEW_METADATA) === 0 ? undefined : merged(before, keys, count, mine);
    // `{ ...user }` is fastest by far, and what is added to it slowest: see `merged`.
    const after: Members = storedName === undefined ? { ...nobody, ...user } : { ...user };
    if (updated !== undefined) after['metadata'] = updated;
    if ((verdict & NEW_NAME) !== 0) after['display_name'] = newName;
    return after;
  } catch {
    // What a getter throws, the long way reports; and a full stack, if it is still full.
    // Neither leaves the core amid anything: `judgePlain` takes no memory of a stack.
    return undefined;
  } finally {
    // No function, which a full stack would not let run. What was called meanwhile has cleared the first ones.
    for (let at = 0; at < held.length && (held[at] !== undefined || turn !== mine); at += 2) {
      held[at] = undefined;
      held[at + 1] = undefined;
    }
  }
}

/** Holds the members of the metadata, and writes the byte of each: how many; -1 where one is not surely plain. */
function read(metadata: Members, before: Members): number {
  view();
  let count = 0;
  let texts = '';
  for (const key in metadata) {
    if (count === SHARED_BYTES || isInherited(key)) return -1;
    const value = metadata[key];
    held[2 * count] = key;
    held[2 * count + 1] = value;
    texts += inRow(key);
    let byte = NULL;
    if (typeof value === 'string') {
      texts += inRow(value);
      byte = STRING;
    } else if (value !== null) return -1;
    if (before[key] === value) byte |= SAME;
    if (Object.hasOwn(before, key)) byte |= STORED;
    else if (key in objectPrototype) return -1;
    bytes[shared + count++] = byte;
  }
  return isWellFormed(texts) ? count : -1;
}

/** The metadata after the members that are held. */
function merged(before: Members, keys: number, most: number, mine: number): Members {
  let removed = 0, added = 0;
  for (let index = 0; index < most; index++) {
    const effect = bytes[shared + index];
    if (effect === REMOVE) without[removed++ % NAMED] = held[2 * index] as string;
    else if (effect === ADD) added++;
  }
  const isLarge = keys > SMALL && removed <= NAMED;
  // Engines copy an object fastest by `{ ...object }`, and then take half a microsecond
  // for each member that is added. Behind another object they copy member by member.
  const copy = removed > 0 ? copyWithout(before, removed) : added > 0 ? { ...nobody, ...before } : { ...before };
  if (turn !== mine) throw undefined;
  for (let index = 0; index < most; index++) {
    const effect = bytes[shared + index];
    if (effect !== REPLACE && effect !== ADD) {
      if (effect === REMOVE && removed > NAMED) delete copy[held[2 * index] as string];
      continue;
    }
    const key = held[2 * index] as string;
    const value = held[2 * index + 1];
    // By `=`, a few new members make a table of a large object, which takes as long as its copy.
    if (effect === ADD && isLarge) Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
    else copy[key] = value;
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
