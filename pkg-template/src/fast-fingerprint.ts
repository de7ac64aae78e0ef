// The fast path of a fingerprint: a short text of ASCII, as nearly every e-mail
// is, crosses in memory that precheck.rs shares, and its digits come back where it was.
//
// No rule lives here: what the core does not take it reads the slow path.

import { ABSENT, bytes, decoder, handleOf, view } from '#glue';

import { MEMBERS, MEMBERS_AT } from './generated.js';
import { shared } from './instance.js';

/** `fingerprintFast` of the core: how many bytes, and the handle of the kind. */
export type FingerprintFast = (length: number, kind: number) => boolean;

/** Views of the memory, which are others when it grows or an instance is new. */
let memory: Uint8Array | undefined;
let digits: Uint8Array;

/** The kind of the last call, and its handle: most calls are of one kind. */
let lastKind: unknown;
let lastHandle = 0;

/** The digits; undefined where the core has to look closer. */
export function fastFingerprint(core: FingerprintFast, value: unknown, kind: unknown): string | undefined {
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
  return core(value.length, kind === lastKind ? lastHandle : known(kind)) ? decoder.decode(digits) : undefined;
}

function known(kind: unknown): number {
  const handle = handleOf(kind);
  // What is no kind is not held on to.
  if (handle !== ABSENT) {
    lastKind = kind;
    lastHandle = handle;
  }
  return handle;
}
