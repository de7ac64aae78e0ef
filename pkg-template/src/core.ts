// The way into the compiled rules: one instance, made on the first call.

// By name: of a namespace that is used as a value, a bundler keeps everything.
import {
  applyPatch,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  initSync,
  invertPatch,
  updateUser,
  validatePatch,
} from '#bindgen';
import { compile } from '#load';

import { PalmError, type PalmErrorDetails } from './error.js';

const rules = {
  applyPatch,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  invertPatch,
  updateUser,
  validatePatch,
};
type Core = typeof rules;

let isReady = false;

function core(): Core {
  if (!isReady) {
    initSync({ module: compile() });
    isReady = true;
  }
  return rules;
}

/** Runs a function of the core; what it throws comes out as a `PalmError`. */
export function run<T>(call: (core: Core) => T): T {
  try {
    return call(core());
  } catch (error) {
    throw asError(error);
  }
}

/** The same for one that answers later. */
export async function runAsync<T>(call: (core: Core) => Promise<T>): Promise<T> {
  try {
    return await call(core());
  } catch (error) {
    throw asError(error);
  }
}

/** The core throws the members of an error; anything else is somebody else's. */
export function asError(thrown: unknown): unknown {
  const isDetails = typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error);
  return isDetails ? new PalmError(thrown as PalmErrorDetails) : thrown;
}
