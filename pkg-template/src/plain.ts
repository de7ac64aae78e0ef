// The short way of a patch: read here, judged by the core in one call, copied here.
//
// What crosses is a byte for each member of the metadata, in memory that plain.rs
// shares. No rule lives here: whatever is not surely plain the core reads the
// long way, through glue.js, and what was read is not read again.

import { judgePlain } from '#bindgen';
import { ABSENT, bytes, isInherited, isWellFormed, kindOf, mark, pushMember, release, remember, showsNothing, top, values, view } from '#glue';

import { SHARED_BYTES, shared, shortly, spoil, turn } from './core.js';
import { isAlone } from './glance.js';

// The numbers of plain.rs: of a member's byte, of its effect, of a verdict; and of `Kind`.
const NO_TEXT = 16, INHERITED = 32, STORED = 64, SAME = 128;
const REPLACE = 1, ADD = 2, REMOVE = 3;
const NOT_PLAIN = 0, PLAIN = 1, NEW_METADATA = 2, NEW_NAME = 4;
const STRING = 3;

/** How many members an object gets by `=` before engines make a table of it. */
const SMALL = 12;
/** How many members a copy is made without by naming them. */
const NAMED = 4;

type Members = Record<string, unknown>;

const objectPrototype = Object.prototype;
const nobody: Members = {};

// Of the last survey: where the members of the metadata are and how many, and where
// the display_name is. A getter may call the package again, which `turn` tells: then
// they are another's.
let first = 0;
let count = 0;
let name = 0;

/** The user after a patch. Undefined where the core has to look closer: what was read of the patch is held for it. */
export function plainUpdate(user: unknown, patch: unknown): unknown {
  return shortly(updated, user, patch);
}

function updated(user: unknown, patch: unknown): unknown {
  try {
    // A user that may inherit a field is read the long way.
    if (!isAlone(user) || 'metadata' in objectPrototype || 'display_name' in objectPrototype) return undefined;
    const before = user['metadata'];
    if (!isAlone(before)) return undefined;
    let keys = 0;
    for (const _ in before) keys++;
    const storedName = user['display_name'];
    const verdict = survey(patch, before, storedName, keys);
    if ((verdict & PLAIN) === 0) return undefined;
    if (verdict === PLAIN) return user;
    const newName = values[name];
    const metadata = (verdict & NEW_METADATA) === 0 ? undefined : merged(before, keys);
    // `{ ...user }` is fastest by far, and what is added to it slowest: see `merged`.
    const after: Members = storedName === undefined ? { ...nobody, ...user } : { ...user };
    if (metadata !== undefined) after['metadata'] = metadata;
    if ((verdict & NEW_NAME) !== 0) after['display_name'] = newName;
    return after;
  } catch {
    // What a getter of the user's throws, the long way reports.
    return undefined;
  }
}

/** The metadata after the members of the last survey. */
function merged(before: Members, keys: number): Members {
  const from = first;
  const most = count;
  const mine = turn;
  let removed: string[] | undefined;
  let added = 0;
  for (let index = 0; index < most; index++) {
    const effect = bytes[shared + index];
    if (effect === REMOVE) (removed ??= []).push(values[from + 2 * index] as string);
    else if (effect === ADD) added++;
  }
  // Engines copy an object fastest by `{ ...object }`, and then take half a microsecond
  // for each member that is added. Behind another object they copy member by member.
  const copy = removed !== undefined ? without(before, removed) : added > 0 ? { ...nobody, ...before } : { ...before };
  if (turn !== mine) throw undefined;
  view();
  const isLarge = keys > SMALL && (removed === undefined || removed.length <= NAMED);
  for (let index = 0; index < most; index++) {
    const effect = bytes[shared + index];
    if (effect !== REPLACE && effect !== ADD) continue;
    const key = values[from + 2 * index] as string;
    const value = values[from + 2 * index + 1];
    // By `=`, a few new members make a table of a large object, which takes as long as its copy.
    if (effect === ADD && isLarge) Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
    else copy[key] = value;
  }
  return copy;
}

/** A shallow copy that lacks some members. */
function without(object: Members, removed: string[]): Members {
  // To name what is left out takes a half of the time that `delete` does, which makes a table.
  if (removed.length > NAMED) {
    const copy = { ...object };
    for (const key of removed) delete copy[key];
    return copy;
  }
  // By index: to take an array apart asks its iterator.
  const a = removed[0] as string;
  const b = removed[1] as string;
  const c = removed[2] as string;
  // Each name is compared with each member: no more names than there are.
  switch (removed.length) {
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
    default: {
      const { [a]: _1, [b]: _2, [c]: _3, [removed[3] as string]: _4, ...copy } = object;
      return copy;
    }
  }
}

/** The byte of a member. */
function seen(key: string, value: unknown, stored: Members): number {
  const kind = typeof value === 'string' && isWellFormed(value) ? STRING : kindOf(value);
  const byte = isWellFormed(key) ? kind : kind | NO_TEXT;
  if (isInherited(key)) return byte | INHERITED;
  if (Object.hasOwn(stored, key)) return byte | (stored[key] === value ? STORED | SAME : STORED);
  return key in objectPrototype ? byte | INHERITED : byte;
}

/** The core's verdict on a patch of a user that has `stored`, of so many `keys`. */
function survey(patch: unknown, stored: Members, storedName: unknown, keys: number): number {
  let ofPatch = 0, patchCount = 0, metadataAt = 0, nameAt = 0, ofMetadata = 0, members = 0;
  let isKnown = false;
  let verdict = NOT_PLAIN;
  let metadata: unknown;
  const mine = turn;
  const start = mark();
  try {
    if (!isAlone(patch) || !showsNothing(objectPrototype)) return NOT_PLAIN;
    isKnown = true;
    for (const key in patch) {
      const value = patch[key];
      if (key === 'metadata') metadataAt = top + 1;
      else if (key === 'display_name') nameAt = top + 1;
      else isKnown = false;
      pushMember(key, value);
    }
    ofPatch = start;
    const end = top;
    patchCount = (end - start) >>> 1;
    if (isKnown && metadataAt !== 0) {
      const object = values[metadataAt];
      isKnown = isAlone(object);
      if (isAlone(object)) {
        metadata = object;
        for (const key in object) pushMember(key, object[key]);
        ofMetadata = end;
        members = (top - end) >>> 1;
        isKnown = members <= SHARED_BYTES;
      }
    }
    if (isKnown) {
      view();
      for (let index = 0; index < members; index++) {
        bytes[shared + index] = seen(values[ofMetadata + 2 * index] as string, values[ofMetadata + 2 * index + 1], stored);
      }
    }
  } catch {
    isKnown = false;
  }
  // A getter may have called the package.
  if (turn !== mine || bytes.length === 0) isKnown = false;
  if (isKnown) {
    const newName = values[nameAt];
    const nameByte = nameAt === 0 ? ABSENT : kindOf(newName) | (newName === storedName ? SAME : 0);
    first = ofMetadata;
    count = members;
    name = nameAt;
    try {
      verdict = judgePlain(members, nameByte, keys);
      if ((verdict & PLAIN) !== 0) return verdict;
    } catch {
      spoil();
      release(start);
      return NOT_PLAIN;
    }
  }
  remember(patch, ofPatch, patchCount);
  if (metadata !== undefined) remember(metadata, ofMetadata, members);
  return verdict;
}
