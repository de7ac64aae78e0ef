// What the build puts in: the JavaScript half that wasm-bindgen writes, and the
// compiled module in the form that the entry loads.

declare module '#bindgen' {
  export function initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  export function start(): number;
  export function validatePatch(patch: number, options: number): number;
  export function applyPatch(user: number, patch: number, options: number): number;
  export function readPatch(patch: number, options: number, keys: number): number;
  export function composePatches(first: number, second: number): number;
  export function diffUsers(before: number, after: number): number;
  export function invertPatch(patch: number, before: number): number;
  export function fingerprint(value: number, kind: number): number;
  export function fingerprintMany(values: number, kind: number): number;
  export function fingerprintFast(length: number, kind: number): boolean;
  export function prepareCall(userId: number, patch: number, options: number, isBrowser: boolean): number;
  export function prepareRead(userId: number, options: number, isBrowser: boolean): number;
  export function authorization(key: number): number;
  export function judgeAttempt(seen: number, call: number): number;
  export function judgePatch(flags: number, count: number, keys: number, longestKey: number, longestValue: number): number;
}

/** `src/wasm/glue.js`: the values of a call, by their handles. */
declare module '#glue' {
  export function attach(memory: WebAssembly.Memory): void;
  export function isLarge(): boolean;
  export function mark(): number;
  export function release(mark: number): void;
  export function hold(value: unknown): number;
  export function take(handle: number): unknown;
  export function push(value: unknown): number;
  export const ABSENT: number;
  export const OBJECT: number;
  export function kindOf(value: unknown): number;
  export const decoder: { decode(bytes: Uint8Array): string };
  export function handleOf(value: unknown): number;
  export const bytes: Uint8Array;
  export const words: Uint32Array;
  export function view(): void;
  export function isWellFormed(text: string): boolean;
  export function isInherited(key: string): boolean;
  export function showsNothing(prototype: object): boolean;
  export function define(object: object, key: string, value: unknown): void;
  export function append(object: object, key: string, value: unknown): void;
}

/** `src/wasm/report.js`: the texts of reports and errors. */
declare module '#report' {
  export function invalidPatch(issues: readonly object[]): object;
}

/** One of the files in `load/`: the entry's way to the compiled module. */
declare module '#load' {
  /** Whether the module comes with the script, so that nothing is fetched for it. */
  export const isInlined: boolean;
  export function compile(): WebAssembly.Module;
  /** Compiles it off the main thread, for the next `compile`. */
  export function prepare(): Promise<void>;
}

/** The module as text, and the module that decodes it: see `module-as-text.mjs`. */
declare module '#wasm-text' {
  export const text: string;
  export const decoder: string;
}

/** The module, compiled by the platform. */
declare module '#wasm-module' {
  const module: WebAssembly.Module;
  export default module;
}
