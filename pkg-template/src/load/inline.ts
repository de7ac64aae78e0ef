// The default: the module is in the JavaScript, so every bundler takes it along.

import { decoder, text } from '#wasm-text';

import { engineError } from '../engine.js';

export const isInlined = true;

let compiled: WebAssembly.Module | undefined;
let compiling: Promise<WebAssembly.Module> | undefined;

export function compile(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(bytes()));
}

export async function prepare(): Promise<void> {
  try {
    // A store and its page may both ask for it.
    compiled ??= await (compiling ??= WebAssembly.compile(bytes()));
  } catch (error) {
    compiling = undefined;
    throw engineError(error);
  }
}

/** The module's bytes, by a small module: see `decoder.wat`. */
function bytes(): Uint8Array<ArrayBuffer> {
  const binary = atob(decoder);
  const code = new Uint8Array(binary.length);
  // `Uint8Array.from` with a function takes ten times as long.
  for (let index = 0; index < code.length; index++) code[index] = binary.charCodeAt(index);
  const module = new WebAssembly.Module(code);
  const { memory, decode } = new WebAssembly.Instance(module).exports as { memory: WebAssembly.Memory & { buffer: ArrayBuffer }; decode(end: number): number };
  const all = new Uint8Array(memory.buffer);
  new TextEncoder().encodeInto(text, all.subarray(384));
  return all.subarray(384, decode(384 + text.length));
}
