// workerd refuses to compile bytes at run time and takes modules as imports.

import module from '#wasm-module';

export const isInlined = false;

export function compile(): WebAssembly.Module {
  return module;
}

export async function prepare(): Promise<void> {
  // It was compiled with the Worker.
}
