// Messages of schemas, some of which repeat the value they refuse.

import type { Json } from './types.js';

const LONGEST = 500;
/** A run of a value, of so many characters, is a part of it and no coincidence. */
const RUN = 8;
/** As many texts of a nested value are looked for. */
const MOST_TEXTS = 1_000;

const UNTOLD = 'The schema refuses this value.';

/**
 * A message with `…` in place of the value. If it still shares a run of eight characters
 * with it, as when the value is cut or escaped, a sentence of ours takes its place.
 */
export function withoutValue(message: string, value: Json): string {
  if (message.length > LONGEST) return UNTOLD;
  const texts: string[] = [];
  if (!collect(value, texts)) return UNTOLD;
  // The longest first: a shorter one may be a part of it.
  texts.sort((a, b) => b.length - a.length);
  let told = message;
  for (const text of texts) told = replaced(told, text);
  const folded = told.toLowerCase();
  const long = texts.filter((text) => text.length >= RUN).map((text) => text.toLowerCase());
  for (let at = 0; at + RUN <= folded.length; at++) {
    const run = folded.slice(at, at + RUN);
    if (long.some((text) => text.includes(run))) return UNTOLD;
  }
  return told;
}

/** The texts and numbers in a value; false where there are too many. */
function collect(value: Json, texts: string[]): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every((member) => collect(member, texts));
  if (value !== null && value !== '') texts.push(String(value));
  return texts.length <= MOST_TEXTS;
}

/** Every occurrence of a text that is no part of a longer word, in any case. */
function replaced(message: string, text: string): string {
  const inMessage = message.toLowerCase();
  const folded = text.toLowerCase();
  let told = '';
  let from = 0;
  // A lower case of another length would move what comes after it.
  if (inMessage.length !== message.length) return inMessage.includes(folded) ? UNTOLD : message;
  for (let at = inMessage.indexOf(folded); at >= 0; at = inMessage.indexOf(folded, at + 1)) {
    const end = at + folded.length;
    if (at < from || (joins(message[at - 1], message[at]) || joins(message[end - 1], message[end]))) continue;
    told += `${message.slice(from, at)}…`;
    from = end;
  }
  return told + message.slice(from);
}

const WORD = /[\p{L}\p{N}]/u;

/** Whether two characters stand within one word. */
function joins(before = '', after = ''): boolean {
  return WORD.test(before) && WORD.test(after);
}
