// Finds what JSON.parse silently loses: of a duplicate key (RFC 8259 section 4) it
// keeps the last value, and an integer beyond 2^53 (section 6) it rounds.

import type { RefusedIssue } from './refusal.js';

const BACKSLASH = 92;
/** Deeper than a patch may be: the rules refuse it. */
const DEEPEST = 80;

/** The first thing that parsing loses, in a text that JSON.parse accepts. */
export function lossyPart(text: string): RefusedIssue | undefined {
  const open: Place[] = [];
  let place: Place | undefined;
  let key = '';
  for (let index = 0; index < text.length && open.length < DEEPEST; index++) {
    switch (text[index]) {
      case '"': {
        const end = endOfString(text, index);
        // Only a key is needed later; a value may be long.
        if (place?.isAtKey) key = text.slice(index, end + 1);
        index = end;
        break;
      }
      case '{':
        open.push((place = { keys: new Set(), at: '', isAtKey: true }));
        break;
      case '[':
        open.push((place = { keys: undefined, at: 0, isAtKey: false }));
        break;
      case '}':
      case ']':
        open.pop();
        place = open.at(-1);
        break;
      case ':':
        if (place?.keys === undefined) break;
        // Parsed, because escapes can spell the same key differently.
        place.at = JSON.parse(key) as string;
        place.isAtKey = false;
        if (place.keys.has(place.at)) return issue('duplicate_key', open);
        place.keys.add(place.at);
        break;
      case ',':
        if (place === undefined) break;
        if (place.keys === undefined) place.at = (place.at as number) + 1;
        else place.isAtKey = true;
        break;
      case '-': case '0': case '1': case '2': case '3': case '4':
      case '5': case '6': case '7': case '8': case '9': {
        const end = endOfNumber(text, index);
        const value = Number(text.slice(index, end));
        if (Number.isInteger(value) && !Number.isSafeInteger(value)) return issue('unsafe_integer', open);
        index = end - 1;
      }
    }
  }
  return undefined;
}

interface Place {
  /** The keys of an object so far; an array has none. */
  readonly keys: Set<string> | undefined;
  /** The key or index that is being read. */
  at: string | number;
  /** Whether the next string is a key. */
  isAtKey: boolean;
}

/** Where the string that begins at `start` ends. A regular expression runs out of stack on a long one. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of backslashes escape one another, not the quote.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && '0123456789+-.eE'.includes(text[end] as string)) end++;
  return end;
}

const MESSAGES = {
  duplicate_key: 'The object has this key twice.',
  unsafe_integer: 'The number is an integer beyond 2^53 - 1, which JavaScript cannot represent; send it as a string.',
};

function issue(code: keyof typeof MESSAGES, open: readonly Place[]): RefusedIssue {
  return { code, path: open.map(({ at }) => String(at)), message: MESSAGES[code] };
}
