// The module as text: a frequent byte is one character, a rare one two. Base64 puts
// bytes across characters, where gzip finds no repetition any more: with it the
// compressed script is a third larger.

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const template = path.dirname(fileURLToPath(import.meta.url));
const binaryen = path.join(path.dirname(template), 'node_modules/binaryen/bin');

/** Printable ASCII but for what a string, a template or a page would take for something else. */
const ALPHABET = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter((character) => !'"\'\\`$<'.includes(character));
/** The last two characters announce a second one. */
const SINGLE = ALPHABET.length - 2;
/** What `decoder.wat` has room for. */
const MOST = 4 * 65_536 - 384;

/** `text`, and as base64 the module `decoder` that turns it back into bytes. */
export async function moduleAsText(module) {
  const counts = new Array(256).fill(0);
  for (const byte of module) counts[byte]++;
  const ranked = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
  const code = [];
  ranked.forEach((byte, rank) => {
    const prefix = rank < SINGLE ? '' : ALPHABET[SINGLE + Math.floor(rank / SINGLE) - 1];
    code[byte] = prefix + ALPHABET[rank % SINGLE];
  });
  const text = Array.from(module, (byte) => code[byte]).join('');
  if (text.length > MOST) throw new Error('decoder.wat has no room for so large a module');
  return { text, decoder: (await decoderOf(ranked)).toString('base64') };
}

async function decoderOf(ranked) {
  const ranks = Array.from({ length: 95 }, (_, index) => Math.max(0, ALPHABET.indexOf(String.fromCharCode(32 + index))));
  const escaped = (bytes) => bytes.map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const source = await readFile(path.join(template, 'src/load/decoder.wat'), 'utf8');
  const filled = source.replaceAll('(i32.const SINGLE)', `(i32.const ${SINGLE})`).replace('"RANKS"', `"${escaped(ranks)}"`).replace('"BYTES"', `"${escaped(ranked)}"`);
  const folder = await mkdtemp(path.join(tmpdir(), 'palm-user-'));
  try {
    const [from, to] = ['decoder.wat', 'decoder.wasm'].map((name) => path.join(folder, name));
    await writeFile(from, filled);
    // By node: npm's shims are shell scripts, which not every platform runs.
    execFileSync(process.execPath, [path.join(binaryen, 'wasm-as'), from, '-o', to]);
    execFileSync(process.execPath, [path.join(binaryen, 'wasm-opt'), '-Oz', to, '-o', to]);
    return await readFile(to);
  } finally {
    await rm(folder, { recursive: true });
  }
}
