// What the build puts in: the JavaScript half that wasm-bindgen writes, and the
// compiled module in the form that the entry loads.

declare module '#bindgen' {
  export function initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  export function start(): number;
  export function validatePatch(patch: number, options: number): number;
  export function applyPatch(user: number, patch: number, options: number): number;
  export function composePatches(first: number, second: number): number;
  export function diffUsers(before: number, after: number): number;
  export function invertPatch(patch: number, before: number): number;
  export function fingerprint(value: number, kind: number): number;
  export function fingerprintMany(values: number, kind: number): number;
  export function fingerprintShort(length: number, kind: number): boolean;
  export function prepareCall(userId: number, patch: number, options: number, isBrowser: boolean): number;
  export function prepareRead(userId: number, options: number, isBrowser: boolean): number;
  export function authorization(key: number): number;
  export function judge(seen: number, call: number): number;
  export function judgeGlance(members: number, keys: number, others: number, name: number): number;
  export function judgePlain(members: number, name: number, keys: number): number;
}

/** `src/wasm/glue.js`: the values of a call, by their places. */
declare module '#glue' {
  export function attach(memory: WebAssembly.Memory): void;
  export function isLarge(): boolean;
  export function mark(): number;
  export function release(mark: number): void;
  export function hold(value: unknown): number;
  export function take(place: number): unknown;
  export function push(value: unknown): number;
  // For short.ts.
  export const ABSENT: number;
  export const decoder: { decode(bytes: Uint8Array): string };
  export function placeOf(value: unknown): number;
  // For glance.ts and plain.ts.
  export const bytes: Uint8Array;
  export function view(): void;
  export function isWellFormed(text: string): boolean;
  export function kindOf(value: unknown): number;
  export function isInherited(key: string): boolean;
  export function showsNothing(prototype: object): boolean;
}

/** One of the files in `load/`: the entry's way to the compiled module. */
declare module '#load' {
  export function compile(): WebAssembly.Module;
}

/** The module as text, and the bytes it stands for: see `load/frequency-code.ts`. */
declare module '#wasm-text' {
  export const text: string;
  export const bytes: string;
}

/** The module, compiled by the platform. */
declare module '#wasm-module' {
  const module: WebAssembly.Module;
  export default module;
}
