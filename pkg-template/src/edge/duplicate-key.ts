// Keys that are there twice in one object (RFC 8259 section 4): JSON.parse takes the last in silence.

import { pointer } from './pointer.js';

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The JSON Pointer of the first, of a text that JSON.parse takes. */
export function duplicateKey(text: string): string | undefined {
  const open: Place[] = [];
  let latest = '';
  for (const [token] of text.matchAll(TOKENS)) {
    const place = open.at(-1);
    if (token === '{' || token === '[') {
      open.push({ keys: token === '{' ? new Set() : undefined, at: 0 });
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (place !== undefined && place.keys === undefined) place.at = Number(place.at) + 1;
    } else if (token !== ':') {
      latest = token;
    } else if (place?.keys !== undefined) {
      // Parsed, for an escape spells the same key in another way.
      const key = JSON.parse(latest) as string;
      place.at = key;
      if (place.keys.has(key)) return pointer(open.map(({ at }) => at));
      place.keys.add(key);
    }
  }
  return undefined;
}

interface Place {
  /** The keys of an object so far; an array has none. */
  readonly keys: Set<string> | undefined;
  /** The key or index that is being read. */
  at: string | number;
}
