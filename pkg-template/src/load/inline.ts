// The default: the module is in the JavaScript, so every bundler takes it along.

import { bytes, text } from '#wasm-text';

import { decode } from './bytes-as-text.js';

export function compile(): WebAssembly.Module {
  return new WebAssembly.Module(decode(text, bytes));
}
