// What the build puts in: the JavaScript half that wasm-bindgen writes, and the
// compiled module in the form that the entry loads.

declare module '#bindgen' {
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function validatePatch(patch: unknown, options: unknown): unknown;
  export function applyPatch(user: unknown, patch: unknown, options: unknown): unknown;
  export function composePatches(first: unknown, second: unknown): unknown;
  export function diffUsers(before: unknown, after: unknown): unknown;
  export function invertPatch(patch: unknown, before: unknown): [unknown, string[]];
  export function fingerprint(value: unknown, kind: unknown): unknown;
  export function fingerprintMany(values: unknown, kind: unknown): unknown;
  export function updateUser(userId: unknown, patch: unknown, options: unknown): Promise<unknown>;
}

/** One of the files in `load/`: the entry's way to the compiled module. */
declare module '#load' {
  export function compile(): WebAssembly.Module;
}

/** The module as base64. */
declare module '#wasm-base64' {
  const base64: string;
  export default base64;
}

/** The module, compiled by the platform. */
declare module '#wasm-module' {
  const module: WebAssembly.Module;
  export default module;
}
