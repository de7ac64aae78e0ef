// The deployed gateway in workerd under hostile load, on loopback:
//   node bench/hostile.mjs --seconds 60
//
// Attackers send what attacks.mjs lists, over and over. Meanwhile people read and
// change their users, each about once a second. Every one of their requests must be
// answered as it should be, every acknowledged change must be stored, and workerd's
// memory must be flat.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { SignJWT } from 'jose';
import { Miniflare } from 'miniflare';

import { LOCAL, workerOptions } from '../edge/workerd.mjs';
import { ATTACKS } from './hostile/attacks.mjs';

const SECRET = 'the-secret-of-the-hostile-run-longer-than-32-bytes';
const KEY = 'sk_test_hostile';
const PEOPLE = 16;
const ATTACKERS = 48;
/** An answer later than that counts as none. */
const PATIENCE_MS = 30_000;

/**
 * Runs it, and gives what was seen.
 *
 * @param {{ seconds: number, report?: (line: string) => void }} options
 * @returns {Promise<{ answered: number, wrong: string[], lost: number, attacks: number, memory: number[], spans: number[] }>}
 *   `wrong` has each request of a person that was not answered as it should be, `lost`
 *   counts changes that were acknowledged and are not stored, `memory` has megabytes by
 *   the second, `spans` milliseconds in order.
 */
export async function hostile({ seconds, report = () => undefined }) {
  const workers = await startWorkers();
  const gateway = await workers.ready;
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => person(workers)));
  const seen = { answered: 0, wrong: [], lost: 0, attacks: 0, memory: [], spans: [] };
  const over = AbortSignal.timeout(seconds * 1000);
  const isOver = () => over.aborted;
  const watch = async () => {
    while (!isOver()) {
      seen.memory.push(memory());
      if (seen.memory.length % 10 === 0) report(`${String(seen.memory.length).padStart(4)} s  ${seen.attacks} attacks, ${seen.answered} answered, ${seen.wrong.length} wrong, workerd has ${seen.memory.at(-1)} MB`);
      await wait(1000);
    }
  };
  try {
    const tokens = await attackerTokens();
    await Promise.all([watch(), ...people.map((one) => behave(gateway, one, seen, isOver)), ...Array.from({ length: ATTACKERS }, (_, index) => attack(gateway, tokens, index, seen, over))]);
    for (const { id, count } of people) {
      const stored = await (await workers.getWorker('sandbox')).fetch(`http://sandbox/v1/user/${id}`, { headers: { authorization: `Bearer ${KEY}` } });
      if (Number((await stored.json()).metadata.notes) !== count) seen.lost += 1;
    }
  } finally {
    await workers.dispose();
  }
  seen.spans.sort((a, b) => a - b);
  return seen;
}

/** The gateway as it is deployed, and behind it a Palm that has its bad users. */
async function startWorkers() {
  const vars = { PALM_API_KEY: KEY, SESSION_SECRET: SECRET, PALM_TIMEOUT_MS: '2000', WRITABLE: { metadata: ['notes'] } };
  const palm = await readFile(fileURLToPath(new URL('./hostile/palm.js', import.meta.url)), 'utf8');
  return new Miniflare({
    ...LOCAL,
    // Its events are as many as the attacks.
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.resume()),
    host: '127.0.0.1',
    port: 0,
    workers: [
      { name: 'gateway', ...(await workerOptions('gateway', { vars, services: { PALM: 'palm' }, rateLimited: true })) },
      { name: 'palm', compatibilityDate: '2026-04-01', modules: [{ type: 'ESModule', path: 'palm.mjs', contents: palm }], serviceBindings: { SANDBOX: 'sandbox' } },
      { name: 'sandbox', ...(await workerOptions('sandbox')) },
    ],
  });
}

const sign = (sub) => new SignJWT({ sub }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(new TextEncoder().encode(SECRET));

async function person(workers) {
  const sandbox = await workers.getWorker('sandbox');
  const made = await sandbox.fetch('http://sandbox/v1/user', { method: 'POST', headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, body: '{"metadata":{"notes":"0"}}' });
  const id = made.headers.get('location').split('/').at(-1);
  return { id, token: await sign(id), count: 0 };
}

/** Reads and changes in turns; slower than the rate limit of 60 a minute. */
async function behave(gateway, someone, seen, isOver) {
  const headers = { authorization: `Bearer ${someone.token}`, 'content-type': 'application/json' };
  await wait(Math.random() * 1000);
  for (let turn = 0; !isOver(); turn += 1) {
    const isChange = turn % 2 === 0;
    const next = String(someone.count + 1);
    const started = performance.now();
    try {
      const body = isChange ? JSON.stringify({ metadata: { notes: next } }) : undefined;
      const { status, text } = await ask(new URL('/v1/user/me', gateway), { method: isChange ? 'PATCH' : 'GET', headers }, body);
      const expected = isChange ? next : String(someone.count);
      if (status !== 200) throw new Error(`${status} ${text}`);
      if (JSON.parse(text).metadata.notes !== expected) throw new Error(`${text} is not ${expected}`);
      if (isChange) someone.count += 1;
      seen.answered += 1;
      seen.spans.push(performance.now() - started);
    } catch (error) {
      seen.wrong.push(`after ${Math.round(performance.now() - started)} ms: ${error}`);
    }
    await wait(1100);
  }
}

/**
 * One request on a connection of its own: a server may close an idle one at any time, and
 * a client that is as busy as this one would find out too late.
 */
function ask(url, options, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Many identities, so that the rate limit by user does not spare the gateway; and the users that Palm fails on. */
async function attackerTokens() {
  const ids = Array.from({ length: 400 }, () => `palm_usr_${randomBytes(8).toString('hex')}`);
  const bad = ['hang', 'html', 'shape', 'error', 'key', 'flood'].map((name) => `palm_usr_${name}`);
  const signed = await Promise.all([...ids, ...bad].map(async (id) => [id, await sign(id)]));
  return { all: signed.slice(0, ids.length).map(([, token]) => token), byId: Object.fromEntries(signed) };
}

async function attack(gateway, { all, byId }, index, seen, over) {
  const names = Object.keys(ATTACKS);
  for (let turn = index; !over.aborted; turn += 1) {
    const token = all[(turn * 7 + index * 131) % all.length];
    const plan = ATTACKS[names[turn % names.length]]({ token, as: (id) => byId[id], random: randomBytes(8).toString('hex') });
    await strike(gateway, plan, over);
    seen.attacks += 1;
  }
}

/** One connection. It ends with the first of the answer, or when the attacker has had enough. */
async function strike({ hostname, port }, { send, every = 0, hold = 2000, forever }, over) {
  const socket = connect(Number(port), hostname);
  let isAnswered = false;
  const done = new Promise((resolve) => {
    socket.on('data', () => {
      isAnswered = true;
      resolve();
    });
    socket.on('close', resolve);
    socket.on('error', resolve);
  });
  const isDone = () => isAnswered || socket.destroyed || over.aborted;
  for (const part of send) {
    if (isDone()) break;
    socket.write(part);
    if (every > 0) await Promise.race([wait(every), done]);
  }
  for (let sent = 0; forever !== undefined && !isDone() && sent < 200; sent += 1) {
    socket.write(forever);
    await wait(5);
  }
  const patience = new AbortController();
  const signal = AbortSignal.any([patience.signal, over]);
  await Promise.race([done, wait(hold, undefined, { signal }).catch(() => undefined)]);
  patience.abort();
  socket.destroy();
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
  const { answered, wrong, lost, attacks, memory, spans } = await hostile({ seconds: Number(values.seconds), report: console.log });
  const at = (share) => spans[Math.floor(spans.length * share)]?.toFixed(0);
  const third = Math.floor(memory.length / 3);
  const most = (list) => Math.max(...list);
  const [middle, last] = [most(memory.slice(third, 2 * third)), most(memory.slice(2 * third))];
  console.log(`${attacks} attacks; ${answered} requests of ${PEOPLE} people answered, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${wrong.length} not; ${lost} changes lost`);
  console.log(`workerd's memory: at most ${middle} MB in the second third, ${last} MB in the last`);
  for (const one of wrong.slice(0, 5)) console.error(one);
  // A tenth is what V8's garbage comes and goes by.
  if (wrong.length > 0 || lost > 0 || answered === 0 || last > middle * 1.1 + 8) process.exit(1);
}
