// Where the bytes of the module go: what is left of it with some exports only.
// Run after `cargo xtask build`; docs/size.md shows what it printed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tools = path.join(root, 'node_modules/binaryen/bin');
const module = path.join(root, 'pkg/dist/palm_user.wasm');
const folder = mkdtempSync(path.join(os.tmpdir(), 'palm-user-'));
const features = ['--enable-reference-types', '--enable-bulk-memory', '--enable-bulk-memory-opt', '--enable-multivalue', '--enable-nontrapping-float-to-int', '--enable-sign-ext', '--enable-mutable-globals', '--enable-simd'];

const rules = ['validatePatch', 'applyPatch', 'readPatch', 'judgePatch'];
const algebra = ['composePatches', 'diffUsers', 'invertPatch'];
const hashes = ['fingerprint', 'fingerprintMany', 'fingerprintFast'];
const call = ['prepareCall', 'prepareRead', 'authorization', 'judgeAttempt'];
const sets = {
  'nothing but texts and names': [],
  validatePatch: ['validatePatch', 'judgePatch'],
  'validatePatch, applyPatch': rules,
  'and compose, diff, invert': [...rules, ...algebra],
  'and the call': [...rules, ...algebra, ...call],
  'and fingerprints: everything': [...rules, ...algebra, ...call, ...hashes],
  'the call and fingerprints, without rules of their own': [...call, ...hashes],
  'fingerprints alone': hashes,
};

/** The module with these exports, and what they reach. */
function reduced(names) {
  const kept = [...names, 'memory', 'start', '__wbindgen_externrefs', '__wbindgen_start'];
  const graph = [
    { name: 'page', root: true, reaches: kept.map((name) => `export ${name}`) },
    ...kept.map((name) => ({ name: `export ${name}`, export: name })),
  ];
  const [file, less, least] = ['graph.json', 'less.wasm', 'least.wasm'].map((name) => path.join(folder, name));
  writeFileSync(file, JSON.stringify(graph));
  const run = (tool, ...args) => execFileSync(process.execPath, [path.join(tools, tool), ...args, ...features], { stdio: 'ignore' });
  run('wasm-metadce', module, `--graph-file=${file}`, '-o', less);
  run('wasm-opt', less, '-O3', '-o', least);
  return readFileSync(least);
}

const table = {};
let before = 0;
for (const [name, exports] of Object.entries(sets)) {
  const wasm = reduced(exports);
  const gzip = gzipSync(wasm, { level: 9 }).length;
  table[name] = { bytes: wasm.length, gzip, more: gzip - before };
  before = gzip;
}
console.table(table);
rmSync(folder, { recursive: true });
