// The default: the module is in the JavaScript, so every bundler takes it along.

import { decoder, text } from '#wasm-text';

import { engineError } from '../engine.js';

let compiled: WebAssembly.Module | undefined;

export function compile(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(bytes()));
}

export async function prepare(): Promise<void> {
  try {
    compiled ??= await WebAssembly.compile(bytes());
  } catch (error) {
    throw engineError(error);
  }
}

/** The module's bytes, by a small module: see `decoder.wat`. */
function bytes(): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(Uint8Array.from(atob(decoder), (character) => character.charCodeAt(0)));
  const { memory, decode } = new WebAssembly.Instance(module).exports as { memory: WebAssembly.Memory & { buffer: ArrayBuffer }; decode(end: number): number };
  const all = new Uint8Array(memory.buffer);
  new TextEncoder().encodeInto(text, all.subarray(384));
  return all.subarray(384, decode(384 + text.length));
}
