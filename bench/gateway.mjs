// Three Workers before the same API: one that passes everything through, our
// gateway, and a gateway on zod that does equal work. In turns, in one run: requests a
// second, and on Linux the CPU time of workerd, which other programs disturb less.
//   node bench/gateway.mjs --rounds 7 --seconds 3

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import autocannon from 'autocannon';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

import { LOCAL } from '../edge/workerd.mjs';
import { ORIGIN, TOKEN, USER_ID } from './gateway/shared.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '3' } } });
const [ROUNDS, SECONDS] = [values.rounds, values.seconds].map(Number);
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
  const url = (await worker.ready).origin;
  const pid = workerds().find((one) => !workers.some(({ pid }) => pid === one));
  return { name, url, worker, pid, rounds: [] };
}

/** The workerd processes that this one started. */
function workerds() {
  if (!existsSync('/proc/self/stat')) return [];
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.filter((pid) => existsSync(`/proc/${pid}/stat`) && parentOf(pid) === process.pid && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'workerd\n');
}

/** The fields of /proc/{pid}/stat from the third on; see proc_pid_stat(5). */
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
const parentOf = (pid) => Number(stat(pid)[1]);

/** User and system time so far, in microseconds. A tick is 10 ms. */
function cpu(pid) {
  return pid === undefined ? NaN : (Number(stat(pid)[11]) + Number(stat(pid)[12])) * 10_000;
}

const headers = { authorization: `Bearer ${TOKEN}`, origin: ORIGIN, 'content-type': 'application/json' };
const body = JSON.stringify({ metadata: { notes: 'call back', language: null }, display_name: 'John Doe' });
const fire = (url, duration) => autocannon({ url: `${url}/v1/user/${USER_ID}`, connections: 16, duration, method: 'PATCH', headers, body });

const workers = [];
for (const name of ['pass-through', 'ours', 'zod']) workers.push(await start(name));

// Equal work before anything is timed: the same answers, the same refusals.
const metadata = (text) => `{"metadata":${text}}`;
const cases = {
  'what is timed': {},
  'no session': { headers: { ...headers, authorization: '' } },
  'another user': { path: '/v1/user/palm_usr_other' },
  'a foreign origin': { headers: { ...headers, origin: 'https://evil.example.com' } },
  'another type': { headers: { ...headers, 'content-type': 'text/plain' } },
  'another method': { method: 'DELETE' },
  'an overridden method': { headers: { ...headers, 'x-http-method-override': 'DELETE' } },
  'an encoded ID': { path: '/v1/user/a%2fb' },
  'too large': { body: metadata(`{"notes":"${'x'.repeat(70_000)}"}`) },
  'no JSON': { body: '{' },
  'no UTF-8': { body: Buffer.from([0x22, 0xff, 0x22]) },
  'a key twice': { body: metadata('{"notes":"a","notes":"b"}') },
  'no end of a character': { body: Buffer.from([0x22, 0xe2, 0x82]) },
  '70 levels': { body: metadata(`{"notes":${'['.repeat(70)}${']'.repeat(70)}}`) },
  '10,000 levels': { body: metadata(`{"notes":${'['.repeat(10_000)}${']'.repeat(10_000)}}`) },
  'a large number': { body: metadata('{"notes":9007199254740993}') },
  '__proto__': { body: metadata('{"__proto__":"x"}') },
  'an unknown field': { body: '{"status":"active"}' },
  'a lone surrogate': { body: metadata('{"notes":"\\ud800"}') },
  '51 keys': { body: metadata(JSON.stringify(Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'x'])))) },
  'a key that is not writable': { body: metadata('{"customer_tier":"premium"}') },
};
for (const [name, { path = `/v1/user/${USER_ID}`, ...init }] of Object.entries(cases)) {
  const [through, ...gateways] = await Promise.all(
    workers.map(async ({ url }) => {
      const response = await fetch(url + path, { method: 'PATCH', headers, body, ...init });
      const { headers: sent } = response;
      const own = ['access-control-allow-origin', 'cache-control', 'cross-origin-resource-policy', 'vary', 'x-content-type-options'].map((name) => sent.get(name));
      return { status: response.status, own, hasId: sent.has('x-request-id'), user: response.ok ? await response.json() : undefined };
    }),
  );
  assert.deepEqual(gateways[1], gateways[0], name);
  assert.ok(gateways[0].hasId);
  if (name !== 'what is timed') assert.ok(gateways[0].status >= 400, name);
  else assert.deepEqual([through.status, gateways[0].status], [200, 200]);
}

for (const { url } of workers) await fire(url, 2);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { url, rounds, name, pid } of workers) {
    const before = cpu(pid);
    const { requests, latency, non2xx, errors } = await fire(url, SECONDS);
    if (non2xx + errors > 0) throw new Error(`${name}: ${non2xx} refusals, ${errors} errors`);
    rounds.push({ rate: requests.average, cpu: (cpu(pid) - before) / requests.total, p50: latency.p50, p99: latency.p99 });
  }
  process.stderr.write(`  round ${round + 1} of ${ROUNDS}\n`);
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
console.log('gateway           requests/s    of pass-through   CPU µs   p50 ms   p99 ms   (medians of rounds)');
for (const { name, rounds } of workers) {
  // Round by round, for the machine's mood changes from one to the next.
  const share = median(rounds.map(({ rate }, round) => rate / workers[0].rounds[round].rate));
  const column = (key, digits) => median(rounds.map((one) => one[key])).toFixed(digits);
  console.log(`${name.padEnd(16)} ${column('rate', 0).padStart(11)} ${share.toFixed(2).padStart(18)} ${column('cpu', 0).padStart(8)} ${column('p50', 1).padStart(8)} ${column('p99', 1).padStart(8)}`);
}
await Promise.all(workers.map(({ worker }) => worker.dispose()));
