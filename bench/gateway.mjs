// Three Workers before the same API: one that passes everything through, our
// gateway, and the same gateway on zod. In turns, in one run.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import autocannon from 'autocannon';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

import { LOCAL } from '../edge/workerd.mjs';
import { ORIGIN, TOKEN } from './gateway/shared.js';

const ROUNDS = 7;
const SECONDS = 3;
const here = fileURLToPath(new URL('.', import.meta.url));
const dist = path.join(here, '../pkg/dist');

async function script(name) {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, `gateway/${name}.js`)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['./palm_user.wasm'],
    alias: { 'palm-user/edge': path.join(dist, 'edge-workerd.js') },
  });
  return outputFiles[0].text;
}

async function start(name) {
  const wasm = { type: 'CompiledWasm', path: 'palm_user.wasm', contents: await readFile(path.join(dist, 'palm_user.wasm')) };
  const options = async (file, more) => ({
    compatibilityDate: '2026-04-01',
    modules: [{ type: 'ESModule', path: `${file}.mjs`, contents: await script(file) }, ...more],
  });
  const worker = new Miniflare({
    ...LOCAL,
    host: '127.0.0.1',
    port: 0,
    workers: [
      { name, bindings: { KEY: 'sk_test_bench' }, serviceBindings: { PALM: 'palm' }, ...(await options(name, name === 'ours' ? [wasm] : [])) },
      { name: 'palm', ...(await options('palm', [])) },
    ],
  });
  return { name, url: (await worker.ready).origin, worker, rounds: [] };
}

const request = {
  method: 'PATCH',
  headers: { authorization: `Bearer ${TOKEN}`, origin: ORIGIN, 'content-type': 'application/json' },
  body: JSON.stringify({ metadata: { customer_tier: 'premium', notes: null }, display_name: 'John Doe' }),
};
const fire = (url, duration) =>
  autocannon({ url: `${url}/v1/user/palm_usr_1a2b3c4d5e6f7g8h`, connections: 16, duration, ...request });

const workers = [];
for (const name of ['pass-through', 'ours', 'zod']) workers.push(await start(name));

// Equal results before anything is timed.
const answers = await Promise.all(
  workers.map(async ({ url }) => {
    const response = await fetch(`${url}/v1/user/palm_usr_1a2b3c4d5e6f7g8h`, request);
    return { status: response.status, user: await response.json() };
  }),
);
assert.equal(answers[0].status, 200);
for (const answer of answers) assert.deepEqual(answer, answers[0]);

for (const { url } of workers) await fire(url, 2);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { url, rounds, name } of workers) {
    const { requests, latency, non2xx, errors } = await fire(url, SECONDS);
    if (non2xx + errors > 0) throw new Error(`${name}: ${non2xx} refusals, ${errors} errors`);
    rounds.push({ rate: requests.average, p50: latency.p50, p99: latency.p99 });
  }
  process.stderr.write(`  round ${round + 1} of ${ROUNDS}\n`);
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
console.log('gateway           requests/s    of pass-through   p50 ms   p99 ms   (medians of rounds)');
for (const { name, rounds } of workers) {
  // Round by round, for the machine's mood changes from one to the next.
  const share = median(rounds.map(({ rate }, round) => rate / workers[0].rounds[round].rate));
  const column = (key, digits) => median(rounds.map((one) => one[key])).toFixed(digits);
  console.log(`${name.padEnd(16)} ${column('rate', 0).padStart(11)} ${share.toFixed(2).padStart(18)} ${column('p50', 1).padStart(8)} ${column('p99', 1).padStart(8)}`);
}
await Promise.all(workers.map(({ worker }) => worker.dispose()));
