// The short way of a patch that is only to be judged: members are counted here, and
// the core judges the counts in one call. No rule lives here.

import { judgeGlance } from '#bindgen';
import { ABSENT, isInherited, isWellFormed, kindOf, showsNothing } from '#glue';

import { isReady } from './core.js';
import { begin, note, reportOfNotes, valid } from './last-report.js';
import type { Report } from './types.js';

// The numbers of plain.rs, of node.rs, and ours: beside the byte of a display_name.
const NO_TEXT = 16, INHERITED = 32;
const PLAIN = 1, NOTED = 8;
const UNDEFINED = 6;
const BEFORE_METADATA = 256;

type Members = Record<string, unknown>;

const objectPrototype = Object.prototype;
const nobody: Members = {};

/**
 * The report of a patch, if there is nothing to say or the same as last time.
 * Nothing that was read is used afterwards: the long way reads for itself.
 */
export function glance(patch: unknown): Report | undefined {
  if (!isReady) return undefined;
  let members = 0, keys = 0, others = 0, name = ABSENT, notes = 0;
  let metadata: unknown = nobody;
  try {
    if (!isAlone(patch) || !showsNothing(objectPrototype)) return undefined;
    for (const field in patch) {
      if (field === 'metadata') metadata = patch[field];
      // Issues come in the order of the patch.
      else if (field === 'display_name') name = kindOf(patch[field]) | (metadata === nobody ? BEFORE_METADATA : 0);
      else return undefined;
    }
    if (!isAlone(metadata)) return undefined;
    for (const key in metadata) {
      const value = metadata[key];
      const isText = typeof value === 'string' && isWellFormed(value);
      if ((isText || value === null) && (key === ordinary[members & 63] || isOrdinary(key, members & 63))) {
        members++;
        if (isText) keys++;
        continue;
      }
      members++;
      const kind = kindOf(value);
      others |= 1 << kind;
      if (kind === UNDEFINED) members--;
      else keys++;
      if (notes === 0) notes = begin();
      note(key, kind | (isWellFormed(key) ? 0 : NO_TEXT) | (isInherited(key) ? INHERITED : 0));
    }
    const verdict = judgeGlance(members, keys, others, name);
    if (verdict === PLAIN) return valid;
    if (verdict === NOTED) return reportOfNotes(notes === 0 ? begin() : notes, name);
  } catch {
    // What a getter throws, the long way reports; and a full stack, if it is still full.
  }
  return undefined;
}

/** Keys of the last patches, by their place: most patches of a page have the same. */
const ordinary: string[] = new Array(64).fill('');
function isOrdinary(key: string, place: number): boolean {
  if (!isWellFormed(key) || isInherited(key)) return false;
  ordinary[place] = key;
  return true;
}

/** The members of a patch, each read once. */
export function snapshot(patch: unknown): unknown {
  const copy = { ...(patch as Members) };
  if ('metadata' in copy) copy['metadata'] = { ...(copy['metadata'] as Members) };
  return copy;
}

/** An object of no class: it inherits nothing but what `in objectPrototype` finds. */
export function isAlone(object: unknown): object is Members {
  if (typeof object !== 'object' || object === null) return false;
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === objectPrototype || prototype === null;
}
