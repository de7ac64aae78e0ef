// The default: the module is in the JavaScript, so every bundler takes it along.

import { bytes, text } from '#wasm-text';

import { engineError } from '../engine.js';
import { decode } from './bytes-as-text.js';

let compiled: WebAssembly.Module | undefined;

export function compile(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(decode(text, bytes)));
}

export async function prepare(): Promise<void> {
  try {
    compiled ??= await WebAssembly.compile(decode(text, bytes));
  } catch (error) {
    throw engineError(error);
  }
}
