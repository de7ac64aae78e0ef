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
  judge,
  prepareCall,
  reset,
  start,
  validatePatch,
} from '#bindgen';
import { attach, mark, release, take } from '#glue';
import { compile } from '#load';

import { PalmError, type PalmErrorDetails } from './error.js';

export { hold } from '#glue';

const rules = {
  applyPatch,
  authorization,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  invertPatch,
  judge,
  prepareCall,
  validatePatch,
};
type Core = typeof rules;

let isReady = false;
/** Calls under way: a getter may call the package while the core reads it. */
let depth = 0;

function core(): Core {
  if (!isReady) {
    attach(initSync({ module: compile() }).memory);
    start();
    isReady = true;
  }
  return rules;
}

/**
 * Runs a function of the core, which gives the place of its result, or of the
 * members of an error with all bits turned over. Place 0 is undefined.
 */
export function run(call: (core: Core) => number): unknown {
  const rules = core();
  const start = mark();
  depth++;
  let isDone = false;
  try {
    const place = call(rules);
    isDone = true;
    if (place < 0) throw new PalmError(take(~place) as PalmErrorDetails);
    return take(place);
  } finally {
    depth--;
    release(start);
    // An exception of the platform, such as a full stack, ran no destructors.
    if (!isDone && depth === 0) reset();
  }
}
