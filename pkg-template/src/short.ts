// The short way of a fingerprint: a short text of ASCII, as nearly every e-mail
// is, crosses in memory that precheck.rs shares, and its digits come back in its place.
//
// No rule lives here: what the core does not take it reads the long way.

import { ABSENT, bytes, decoder, placeOf, view } from '#glue';

import { MEMBERS, MEMBERS_AT } from './generated.js';
import { shared } from './instance.js';

/** `fingerprintShort` of the core: how many bytes, and the place of the kind. */
export type Short = (length: number, kind: number) => boolean;

/** Views of the memory, which are others when it grows or an instance is new. */
let memory: Uint8Array | undefined;
let digits: Uint8Array;

/** The kind of the last call, and its place: most calls are of one kind. */
let lastKind: unknown;
let lastPlace = 0;

/** The digits; undefined where the core has to look closer. */
export function short(core: Short, value: unknown, kind: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MEMBERS) return undefined;
  view();
  if (memory !== bytes) {
    memory = bytes;
    digits = bytes.subarray(shared + MEMBERS_AT, shared + MEMBERS_AT + MEMBERS);
  }
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit > 127) return undefined;
    digits[index] = unit;
  }
  return core(value.length, kind === lastKind ? lastPlace : known(kind)) ? decoder.decode(digits) : undefined;
}

function known(kind: unknown): number {
  const place = placeOf(kind);
  // What is no kind is not held on to.
  if (place !== ABSENT) {
    lastKind = kind;
    lastPlace = place;
  }
  return place;
}
