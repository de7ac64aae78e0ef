// The fast path of a fingerprint: a short text of ASCII, as nearly every e-mail
// is, crosses in memory that precheck.rs shares, and its digits come back where it was.
//
// No rule lives here: what the core does not take it reads the slow path.

import { fingerprintFast } from '#bindgen';
import { ABSENT, bytes, decoder, handleOf, view } from '#glue';

import { MEMBERS, MEMBERS_AT } from './generated.js';
import { discard, enter, isReady, nextEpoch, shared } from './instance.js';

/** The memory, and the digits in it. The memory is another when it grows or an instance is new. */
let memory: Uint8Array | undefined;
let digits: Uint8Array;

/** The kind of the last call, and its handle: most calls are of one kind. */
let lastKind: unknown;
let lastHandle = 0;

/** The digits; undefined where the core has to look closer. */
export function fastFingerprint(value: unknown, kind: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MEMBERS) return undefined;
  // An outer call shares this memory, and learns by the epoch that it was written over.
  nextEpoch();
  try {
    if (!isReady && !enter()) return undefined;
    view();
    const target = bytes, at = shared + MEMBERS_AT, length = value.length;
    let units = 0;
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      units |= unit;
      target[at + index] = unit;
    }
    if (units > 127 || !fingerprintFast(length, kind === lastKind ? lastHandle : known(kind))) return undefined;
    if (memory !== target) {
      memory = target;
      digits = target.subarray(at, at + MEMBERS);
    }
    return decoder.decode(digits);
  } catch {
    // The stack is full, and may be so within the module.
    discard();
    return undefined;
  }
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
