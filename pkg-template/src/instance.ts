// The way into the compiled rules: one instance, made on the first call.

// By name: of a namespace that is used as a value, a bundler keeps everything.
import {
  applyPatch,
  authorization,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  initSync,
  invertPatch,
  judgeAttempt,
  prepareCall,
  prepareRead,
  readPatch,
  start,
  validatePatch,
} from '#bindgen';
import { attach, isLarge, mark, release, take } from '#glue';
import { compile } from '#load';

import { engineError } from './engine.js';
import { PalmError, type PalmErrorDetails } from './error.js';
import type { Outcome } from './generated.js';

export { hold } from '#glue';

const rules = {
  applyPatch,
  authorization,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  invertPatch,
  judgeAttempt,
  prepareCall,
  prepareRead,
  readPatch,
  validatePatch,
};
type Core = typeof rules;

/** False before the first call, and after one that the instance did not finish. */
export let isReady = false;
/** Calls under way: a getter may call the package while the core reads it. */
let depth = 0;

/** Where the memory begins that the core and the fast path share within a call. */
export let shared = 0;
/** Calls so far. Whoever finds another number later was called meanwhile. */
export let epoch = 0;

/** A new instance. An old one is let go of, and its memory with it. */
function instantiate(): void {
  try {
    attach(initSync({ module: compile() }).memory);
  } catch (error) {
    throw engineError(error);
  }
  shared = start();
  isReady = true;
}

/** Whether there is an instance. It is made now, unless an outer call is in an old one. */
export function enter(): boolean {
  if (!isReady && depth === 0) instantiate();
  return isReady;
}

/** The next call has a new instance: a call did not finish in this one. */
export function discard(): void {
  isReady = false;
}

export function nextEpoch(): number {
  return ++epoch;
}

/**
 * Runs a function of the core, which gives the handle of its result, or of the
 * members of an error with all bits turned over. Place 0 is undefined.
 *
 * A trap, a full stack or a full memory is a `PalmError` too, and the next call
 * has a new instance. Nothing is lost by that: the core keeps nothing between calls.
 *
 * @param outcome - Of such an error: what the server can have done by now.
 */
export function run(call: (core: Core) => number, outcome: Outcome = 'not_sent'): unknown {
  enter();
  epoch++;
  const top = mark();
  depth++;
  try {
    const handle = attempt(call, outcome);
    if (handle < 0) throw new PalmError(take(~handle) as PalmErrorDetails);
    return take(handle);
  } finally {
    depth--;
    release(top);
    if (isLarge()) isReady = false;
  }
}

function attempt(call: (core: Core) => number, outcome: Outcome): number {
  try {
    return call(rules);
  } catch {
    discard();
    const message = 'The call ran out of stack or memory; the next one starts afresh.';
    throw new PalmError({ code: 'internal', message, outcome });
  }
}
