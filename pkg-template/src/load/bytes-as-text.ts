// Bytes as text: a frequent byte is one character, a rare one two. Base64 puts
// bytes across characters, where gzip finds no repetition any more: with it the
// compressed script is a third larger.

/** Printable ASCII but for what a string, a template or a page would take for something else. */
export const ALPHABET = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((character) => !'"\'\\`$<'.includes(character))
  .join('');

/** The last two characters of the alphabet announce a second one. */
export const SINGLE = ALPHABET.length - 2;

/**
 * @param text - The characters, each the rank of a byte.
 * @param ranked - All 256 bytes in hexadecimal, the most frequent first.
 */
export function decode(text: string, ranked: string): Uint8Array<ArrayBuffer> {
  const ranks = new Uint8Array(128);
  for (let rank = 0; rank < ALPHABET.length; rank++) ranks[ALPHABET.charCodeAt(rank)] = rank;
  const byRank = Uint8Array.from({ length: 256 }, (_, rank) => parseInt(ranked.slice(2 * rank, 2 * rank + 2), 16));
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let rank = ranks[text.charCodeAt(index)] as number;
    if (rank >= SINGLE) rank = SINGLE * (rank - SINGLE + 1) + (ranks[text.charCodeAt(++index)] as number);
    bytes[length++] = byRank[rank] as number;
  }
  return bytes.subarray(0, length);
}
