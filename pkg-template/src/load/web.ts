// `palm-user/web`: the module is a file of its own, fetched and compiled as it streams.

import { engineError } from '../engine.js';
import { PalmError } from '../error.js';

export const isInlined = false;

let compiled: WebAssembly.Module | undefined;

export function compile(): WebAssembly.Module {
  if (compiled === undefined) {
    throw new PalmError({
      code: 'not_ready',
      message: 'palm-user/web is not initialised; await its init() first.',
      outcome: 'not_sent',
    });
  }
  return compiled;
}

/** What `init` takes: where the module is, or the module itself. */
export type WasmSource = string | URL | Response | PromiseLike<Response> | BufferSource | WebAssembly.Module;

/** Fetches and compiles the module, unless that was done. */
export async function prepare(source?: WasmSource): Promise<void> {
  try {
    compiled ??= await compileFrom(source ?? new URL('./palm_user.wasm', import.meta.url));
  } catch (error) {
    // What fetch throws is the caller's to see.
    throw isCompileError(error) ? engineError(error) : error;
  }
}

/** Without WebAssembly there is not even the name of its error. */
function isCompileError(error: unknown): boolean {
  return typeof WebAssembly === 'undefined' || error instanceof WebAssembly.CompileError;
}

async function compileFrom(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(source as BufferSource);
  }
  const isUrl = typeof source === 'string' || source instanceof URL;
  const response = await (isUrl ? fetch(source) : source as Response | PromiseLike<Response>);
  if (!response.ok) {
    throw new PalmError({
      code: 'network',
      message: `palm_user.wasm could not be fetched: status ${response.status}.`,
      outcome: 'not_sent',
      status: response.status,
      retryable: true,
    });
  }
  // Streaming wants the media type; a server that does not send it gets the slower way.
  const type = response.headers.get('content-type');
  return type?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
