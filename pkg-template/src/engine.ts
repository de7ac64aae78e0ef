// Where the module cannot run: what is missing, and what to set.

import { isPalmError, PalmError } from './error.js';

/** `(func (result v128) (i8x16.splat (i32.const 0)))`: a module that needs SIMD. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

const VERSIONS = 'palm-user needs Chromium 91, Firefox 89, Safari 16.4, Node.js 16.4 or newer';

/** The error for what compiling the module threw. */
export function engineError(thrown: unknown): PalmError {
  if (isPalmError(thrown)) return thrown;
  if (thrown instanceof RangeError) {
    const message = 'There was no stack or memory left for WebAssembly; the next call starts afresh.';
    return new PalmError({ code: 'internal', message, outcome: 'not_sent' });
  }
  return new PalmError({ code: 'unsupported_engine', message: reason(thrown), outcome: 'not_sent' });
}

function reason(thrown: unknown): string {
  if (typeof WebAssembly === 'undefined') return `WebAssembly is missing here; ${VERSIONS}. (Lockdown Mode of iOS turns it off.)`;
  if (!hasSimd()) return `WebAssembly has no SIMD here; ${VERSIONS}.`;
  const { message } = Object(thrown) as { message?: unknown };
  // Chromium, Firefox and Safari each say it in their own way.
  if (typeof message === 'string' && /unsafe-eval|CSP|content security policy/i.test(message)) {
    return "The Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src.";
  }
  if (typeof message === 'string' && /disallowed by embedder/i.test(message)) {
    return 'This platform compiles WebAssembly only when it is deployed: bundle palm-user with the condition "workerd".';
  }
  return `WebAssembly could not be compiled here; ${VERSIONS}.`;
}

function hasSimd(): boolean {
  try {
    return WebAssembly.validate(SIMD);
  } catch {
    return false;
  }
}
