// The short way of a patch: read here, judged by the core in one call, copied here.
//
// What crosses is a byte for each member of the metadata, in memory that plain.rs
// shares. No rule lives here: whatever is not surely plain the core reads the
// long way, through glue.js, and what was read is not read again.

import { bytes, inherited, isWellFormed, kindOf, pushMembers, remember, top, values, view } from '#glue';

/** `judgePlain` of plain.rs: members, the byte of the display_name, keys of the user. */
export type Judge = (members: number, name: number, keys: number) => number;

// The numbers of plain.rs: of a member's byte, of its effect, of a verdict.
const CAPACITY = 64;
const NO_TEXT = 16, INHERITED = 32, STORED = 64, SAME = 128, ABSENT = 0xffffffff;
const REPLACE = 1, ADD = 2, REMOVE = 3;
const NOT_PLAIN = 0, AS_IT_IS = 1, NEW_METADATA = 2, NEW_NAME = 4;

/** How many members an object gets by `=` before engines make a table of it. */
const SMALL = 12;
/** How many members a copy is made without by naming them. */
const NAMED = 4;

type Members = Record<string, unknown>;

const objectPrototype = Object.prototype;
const nobody: Members = {};

let shared = 0;

/** Where in memory the bytes of members are judged. */
export function share(pointer: number): void {
  shared = pointer;
}

// Of the last survey: where the members of the metadata are and how many, and
// the display_name. A getter may call the package again, which `turn` tells.
let first = 0;
let count = 0;
let name: unknown;
let turn = 0;

/** Whether there is nothing to say of a patch. */
export function isPlain(judge: Judge, patch: unknown): boolean {
  return survey(judge, patch, nobody, undefined, 0) !== NOT_PLAIN;
}

/** The user after a patch, undefined where the core has to look closer. */
export function plainUpdate(judge: Judge, user: unknown, patch: unknown): unknown {
  try {
    // A user that may inherit a field is read the long way.
    if (!isAlone(user) || 'metadata' in objectPrototype || 'display_name' in objectPrototype) return undefined;
    const before = user['metadata'];
    if (!isAlone(before)) return undefined;
    let keys = 0;
    for (const _ in before) keys++;
    const verdict = survey(judge, patch, before, user['display_name'], keys);
    if (verdict <= AS_IT_IS) return verdict === AS_IT_IS ? user : undefined;
    const newName = name;
    const metadata = (verdict & NEW_METADATA) === 0 ? undefined : merged(before, keys);
    const after: Members = { ...user };
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
  for (let index = 0; index < most; index++) {
    if (bytes[shared + index] === REMOVE) (removed ??= []).push(values[from + 2 * index] as string);
  }
  const copy = without(before, removed);
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
function without(object: Members, removed: string[] | undefined): Members {
  if (removed === undefined) return { ...object };
  // To name what is left out takes a half of the time that `delete` does, which makes a table.
  if (removed.length > NAMED) {
    const copy = { ...object };
    for (const key of removed) delete copy[key];
    return copy;
  }
  const first = removed[0] as string;
  if (removed.length === 1) {
    const { [first]: _, ...copy } = object;
    return copy;
  }
  const { [first]: _1, [removed[1] as string]: _2, [removed[2] ?? first]: _3, [removed[3] ?? first]: _4, ...copy } = object;
  return copy;
}

/** An object of no class: it inherits nothing but what `in objectPrototype` finds. */
function isAlone(object: unknown): object is Members {
  if (typeof object !== 'object' || object === null) return false;
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === objectPrototype || prototype === null;
}

/** The core's verdict on a patch. */
function survey(judge: Judge, patch: unknown, stored: Members, storedName: unknown, keys: number): number {
  let ofPatch = 0, patchCount = 0, metadataAt = 0, nameAt = 0, ofMetadata = 0, members = 0;
  let isKnown = true;
  let metadata: unknown;
  const mine = ++turn;
  try {
    if (!isAlone(patch)) return NOT_PLAIN;
    const start = top;
    pushMembers(patch, objectPrototype);
    const end = top;
    ofPatch = start;
    patchCount = (end - start) >>> 1;
    for (let at = start; at < end; at += 2) {
      const key = values[at];
      if (key === 'metadata') metadataAt = at + 1;
      else if (key === 'display_name') nameAt = at + 1;
      else isKnown = false;
    }
    if (isKnown && metadataAt !== 0) {
      const object = values[metadataAt];
      isKnown = isAlone(object);
      if (isAlone(object)) {
        metadata = object;
        pushMembers(object, objectPrototype);
        ofMetadata = end;
        members = (top - end) >>> 1;
        isKnown = members <= CAPACITY;
      }
    }
    if (isKnown) {
      view();
      for (let index = 0; index < members; index++) {
        const key = values[ofMetadata + 2 * index] as string;
        const value = values[ofMetadata + 2 * index + 1];
        let byte = kindOf(value) | (isWellFormed(key) ? 0 : NO_TEXT);
        if (stored === nobody) {
          if (inherited.has(key)) byte |= INHERITED;
        } else if (key in objectPrototype) {
          byte |= INHERITED;
        } else {
          const found = stored[key];
          if (found !== undefined || Object.hasOwn(stored, key)) byte |= found === value ? STORED | SAME : STORED;
        }
        bytes[shared + index] = byte;
      }
      if (turn !== mine || bytes.length === 0) isKnown = false;
    }
  } catch {
    isKnown = false;
  }
  let verdict = NOT_PLAIN;
  if (isKnown) {
    name = values[nameAt];
    verdict = judge(members, nameAt === 0 ? ABSENT : kindOf(name) | (name === storedName ? SAME : 0), keys);
  }
  if (verdict === NOT_PLAIN) {
    remember(patch, ofPatch, patchCount);
    if (metadata !== undefined) remember(metadata, ofMetadata, members);
  }
  first = ofMetadata;
  count = members;
  return verdict;
}
