// The short way of a patch that is only to be judged: members are counted here, and
// the core judges the counts in one call. No rule lives here.

import { judgeGlance } from '#bindgen';
import { ABSENT, isInherited, isWellFormed, kindOf, showsNothing } from '#glue';

import { isReady } from './instance.js';
import { begin, note, reportOfNotes, valid } from './last-report.js';
import type { Report } from './types.js';

// The numbers of a verdict in precheck.rs, and of a kind in node.rs.
const PLAIN = 1, NOTED = 8;
const UNDEFINED = 6;
// Ours, beside a kind in a note: what is to be said of the key, and the place of the display_name.
const INHERITED = 32;
const BEFORE_METADATA = 256;

/** Beyond so many units a text is not copied to be checked. */
const LONG = 1024;
/** The second half of a pair, which makes a row ill-formed. */
const ILL_FORMED = '\udc00';

export type Members = Record<string, unknown>;

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
  let texts = '';
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
      texts += inRow(key);
      if (typeof value === 'string') texts += inRow(value);
      const isOrdinary = !isInherited(key);
      if (isOrdinary && (typeof value === 'string' || value === null)) {
        members++;
        if (value !== null) keys++;
        continue;
      }
      const kind = kindOf(value);
      others |= 1 << kind;
      if (kind !== UNDEFINED) {
        members++;
        keys++;
      }
      if (notes === 0) notes = begin();
      note(key, isOrdinary ? kind : kind | INHERITED);
    }
    // To ask of each takes up to 28 ns, to copy it 5.
    if (!isWellFormed(texts)) return undefined;
    const verdict = judgeGlance(members, keys, others, name);
    if (verdict === PLAIN) return valid;
    if (verdict === NOTED) return reportOfNotes(notes === 0 ? begin() : notes, name);
  } catch {
    // What a getter throws, the long way reports; and a full stack, if it is still full.
  }
  return undefined;
}

/**
 * What of a text goes into a row of texts, which is well-formed if each of them is.
 * None ends in the first half of a pair, so no two halves meet; a long one is not copied.
 */
export function inRow(text: string): string {
  if (text.length > LONG) return isWellFormed(text) ? '' : ILL_FORMED;
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800 ? ILL_FORMED : text;
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
