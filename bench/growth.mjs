// How cost grows with work, and whether memory does; and what loading costs
// beside the libraries one would load instead. Node.js.

import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { build } from 'esbuild';

import { applyPatch, createUserStore, fingerprintMany, validatePatch } from '../pkg/dist/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const keys = (count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key_${index}`, `value ${index}`]));
const user = (count, fields = 2) => ({
  id: 'x',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: keys(count),
  status: 'active',
  verification: null,
  vault: Object.fromEntries(Array.from({ length: fields }, (_, index) => [`identity.field_${index}`, 'cached'])),
});

/** Nanoseconds a call: the median of rounds. */
function measure(run, times) {
  const rounds = [];
  for (let round = 0; round < 9; round++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < times; index++) run(index);
    rounds.push(Number(process.hrtime.bigint() - start) / times);
  }
  return Math.round(median(rounds));
}

const curves = {};
const curve = (name, unit, points) => {
  curves[name] = { unit, points };
  console.log(`${name}, ${unit}`);
  console.log(`  ${Object.entries(points).map(([at, cost]) => `${at}: ${cost}`).join('   ')}`);
};
const at = (sizes, cost) => Object.fromEntries(sizes.map((size) => [size, cost(size)]));

curve('validatePatch by keys of the patch', 'ns', at([1, 2, 5, 10, 20, 50], (count) => {
  const patch = { metadata: keys(count) };
  return measure(() => validatePatch(patch), 20_000);
}));
curve('applyPatch by metadata keys of the user, 2 changed', 'ns', at([2, 5, 10, 20, 48], (count) => {
  const [of, patch] = [user(count), { metadata: { key_0: 'changed', new: 'x' } }];
  return measure(() => applyPatch(of, patch), 20_000);
}));
curve('applyPatch by vault fields, 2 keys changed', 'ns', at([0, 10, 100, 1000, 10_000], (fields) => {
  const [of, patch] = [user(5, fields), { metadata: { key_0: 'changed', new: 'x' } }];
  return measure(() => applyPatch(of, patch), 20_000);
}));
curve('fingerprintMany by values', 'ns a value', at([1, 10, 100, 1000, 10_000, 100_000, 1_000_000], (count) => {
  const values = Array.from({ length: count }, (_, index) => `person.${index}@example.com`);
  return Math.round(measure(() => fingerprintMany(values, 'email'), Math.max(1, Math.floor(20_000 / count))) / count);
}));
curve('an edit by the length of the queue', 'µs', at([1, 10, 100, 1000], (length) => {
  const rounds = [];
  for (let round = 0; round < 9; round++) {
    const store = createUserStore({ userId: 'palm_usr_1a2b3c4d5e6f7g8h', user: user(5), send: () => new Promise(() => undefined) });
    for (let index = 0; index < length; index++) store.edit({ metadata: { [`key_${index % 5}`]: `${index}` } });
    const start = process.hrtime.bigint();
    store.edit({ metadata: { key_0: 'last' } });
    rounds.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  return Math.round(median(rounds));
}));

// What is held once the garbage is gone; what a process has resident tells of garbage too.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const of = user(5);
const megabytes = [];
for (let round = 0; round <= 10; round++) {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  megabytes.push(Number(((heapUsed + external) / 2 ** 20).toFixed(1)));
  for (let index = 0; index < 100_000; index++) {
    applyPatch(of, { metadata: { key_0: `${index}`, key_1: null } });
    validatePatch({ metadata: { a: 1 }, displayName: index });
  }
}
curve('memory over a million calls of applyPatch and of validatePatch with issues', 'MB', Object.fromEntries(megabytes.map((size, round) => [round * 100_000, size])));

/** Import and first calls, each in a process of its own. */
async function loading() {
  const patch = "{ metadata: { a: 'b' } }";
  const programs = {
    'palm-user': `import { applyPatch, fingerprint, validatePatch } from '${path.join(root, 'pkg/dist/index.js')}';
      const done = () => [validatePatch(${patch}).valid, applyPatch({ metadata: {} }, ${patch}), fingerprint('ada@example.com', 'email')];`,
    'zod, immer, @noble/hashes, ky': `import * as z from 'zod'; import { produce } from 'immer'; import ky from 'ky';
      import { sha256 } from '@noble/hashes/sha2.js'; import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
      const schema = z.strictObject({ metadata: z.record(z.string(), z.string().nullable()).optional(), display_name: z.string().optional() });
      const done = () => [schema.safeParse(${patch}).success, produce({ metadata: {} }, (draft) => { draft.metadata.a = 'b'; }), bytesToHex(sha256(utf8ToBytes('ada@example.com'))), typeof ky];`,
    nothing: 'const done = () => [];',
  };
  const result = {};
  const files = {};
  for (const [name, program] of Object.entries(programs)) {
    const contents = `${program}\nconst first = process.hrtime.bigint(); done(); console.log(Number(process.hrtime.bigint() - first) / 1e6);`;
    files[name] = path.join(root, `target/bench/load-${Object.keys(files).length}.mjs`);
    await build({ stdin: { contents, resolveDir: root }, outfile: files[name], bundle: true, minify: true, format: 'esm', platform: 'node', logLevel: 'error' });
  }
  const seen = Object.fromEntries(Object.keys(files).map((name) => [name, []]));
  for (let round = 0; round < 21; round++) {
    for (const [name, file] of Object.entries(files)) {
      const start = process.hrtime.bigint();
      const first = Number(execFileSync(process.execPath, [file], { encoding: 'utf8' }));
      seen[name].push([Number(process.hrtime.bigint() - start) / 1e6, first]);
    }
  }
  for (const [name, rounds] of Object.entries(seen)) {
    result[name] = { process: Number(median(rounds.map(([all]) => all)).toFixed(1)), first: Number(median(rounds.map(([, first]) => first)).toFixed(2)) };
    console.log(`loading ${name}: ${result[name].process} ms for the process, ${result[name].first} ms of it the first calls`);
  }
  return result;
}

const file = path.join(root, 'bench/results.json');
const results = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
await writeFile(file, `${JSON.stringify({ ...results, curves, loading: await loading() }, null, 1)}\n`);
