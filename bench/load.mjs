// Gateway → sandbox in workerd at full speed, on loopback, bounded in time and count:
//   node bench/load.mjs --seconds 60
//
// Each client counts up a metadata key of its own, several of them on one user.
// At the end every count that was acknowledged must be stored: no more, no less.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { SignJWT } from 'jose';
import { Miniflare } from 'miniflare';

import { LOCAL, workerOptions } from '../edge/workerd.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    clients: { type: 'string', default: '32' },
    users: { type: 'string', default: '8' },
    most: { type: 'string', default: '1000000' },
  },
});
const [seconds, clients, users, most] = [values.seconds, values.clients, values.users, values.most].map(Number);

const SECRET = 'a-secret-of-the-load-run-32-bytes-or-more';
const KEY = 'sk_test_load';
const gatewayOptions = await workerOptions('gateway', { vars: { PALM_API_KEY: KEY, SESSION_SECRET: SECRET, WRITABLE: { metadata: Array.from({ length: clients }, (_, index) => `client_${index}`) } }, services: { PALM: 'sandbox' } });
const workers = new Miniflare({
  ...LOCAL,
  // The gateway writes a line a request.
  handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.resume()),
  host: '127.0.0.1',
  port: 0,
  workers: [
    { name: 'gateway', ...gatewayOptions },
    { name: 'sandbox', ...(await workerOptions('sandbox')), unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] },
  ],
});
const gateway = (await workers.ready).origin;
const sandbox = (await workers.unsafeGetDirectURL('sandbox')).origin;
const authorization = { authorization: `Bearer ${KEY}` };
const json = { 'content-type': 'application/json' };

const people = await Promise.all(
  Array.from({ length: users }, async () => {
    const made = await fetch(`${sandbox}/v1/user`, { method: 'POST', headers: { ...authorization, ...json }, body: '{}' });
    const id = made.headers.get('location').split('/').at(-1);
    const token = await new SignJWT({ sub: id }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1d').sign(new TextEncoder().encode(SECRET));
    return { id, token };
  }),
);

const started = performance.now();
const end = started + seconds * 1000;
let sent = 0;
let errors = 0;
const spans = [];
const acknowledged = await (async () => {
  const report = setInterval(() => {
    const elapsed = (performance.now() - started) / 1000;
    console.log(`${elapsed.toFixed(0).padStart(4)} s ${sent.toLocaleString('en').padStart(9)} requests, ${errors} errors, workerd has ${memory()} MB`);
  }, 10_000);
  const counts = await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  clearInterval(report);
  return counts;
})();

async function client(index) {
  const { id, token } = people[index % users];
  const headers = { authorization: `Bearer ${token}`, ...json };
  let count = 0;
  while (performance.now() < end && sent < most) {
    sent += 1;
    const before = performance.now();
    const body = JSON.stringify({ metadata: { [`client_${index}`]: String(count + 1) } });
    const response = await fetch(`${gateway}/v1/user/${id}`, { method: 'PATCH', headers, body });
    const text = await response.text();
    if (sent % 16 === 0) spans.push(performance.now() - before);
    if (response.status === 200) count += 1;
    else if ((errors += 1) <= 3) console.error(response.status, text);
  }
  return count;
}

/** Of workerd in megabytes: what it has resident. */
function memory() {
  const list = execFileSync('ps', ['-eo', 'ppid=,rss=,comm='], { encoding: 'utf8' });
  const kilobytes = list
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([parent, , name]) => Number(parent) === process.pid && name === 'workerd')
    .reduce((sum, [, rss]) => sum + Number(rss), 0);
  return Math.round(kilobytes / 1024);
}

const elapsed = (performance.now() - started) / 1000;
let stored = 0;
let differing = 0;
for (const [place, { id }] of people.entries()) {
  const { metadata } = await (await fetch(`${sandbox}/v1/user/${id}`, { headers: authorization })).json();
  for (let index = place; index < clients; index += users) {
    const count = Number(metadata[`client_${index}`] ?? 0);
    stored += count;
    if (count !== acknowledged[index]) differing += 1;
  }
}
const total = acknowledged.reduce((sum, count) => sum + count, 0);
spans.sort((a, b) => a - b);
const at = (share) => spans[Math.floor(spans.length * share)].toFixed(1);
console.log(`${(sent / elapsed).toFixed(0)} requests/s over ${elapsed.toFixed(0)} s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
console.log(`acknowledged ${total.toLocaleString('en')}, stored ${stored.toLocaleString('en')}, errors ${errors}, workerd has ${memory()} MB`);
await workers.dispose();
if (differing > 0 || errors > 0 || total !== stored) {
  console.error(`${differing} of ${clients} counts differ`);
  process.exit(1);
}
