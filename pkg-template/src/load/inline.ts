// The default: the module is in the JavaScript, so every bundler takes it along.

import base64 from '#wasm-base64';

export function compile(): WebAssembly.Module {
  return new WebAssembly.Module(decode(base64));
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  // ES2026; several times faster than the loop.
  const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native !== undefined) return native.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
