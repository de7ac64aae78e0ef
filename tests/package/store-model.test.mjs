// Random schedules against a naive model: a server that stores, refuses, loses
// answers, and is written to by others. A failure prints its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PalmError, createUserStore } from 'palm-user';

const SCHEDULES = 10_000;
const STEPS = 25;
const KEYS = ['a', 'b', 'c', 'd'];

/** mulberry32: small, and the same everywhere. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const merge = (metadata, patch) => {
  const merged = new Map(metadata);
  for (const [key, value] of Object.entries(patch.metadata ?? {})) value === null ? merged.delete(key) : merged.set(key, value);
  return merged;
};
const sorted = (entries) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

class Server {
  metadata = new Map([['a', '0']]);
  time = 1_700_000_000_000;
  /** Patches in the order they were stored. */
  log = [];

  user() {
    const [at, metadata] = [new Date(this.time).toISOString(), Object.fromEntries(this.metadata)];
    return { id: 'u', object: 'user', created_at: at, updated_at: at, metadata, status: 'active', verification: null };
  }

  store(patch) {
    this.time += 1;
    this.metadata = merge(this.metadata, patch);
    this.log.push(patch);
    return this.user();
  }
}

const fail = (outcome, retryable) => new PalmError({ code: outcome === 'rejected' ? 'bad_request' : 'network', message: outcome, outcome, retryable });
/** Long enough for every promise that is settled to be told. */
const settle = async () => {
  for (let tick = 0; tick < 12; tick++) await null;
};

async function schedule(seed) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const server = new Server();
  const old = [server.user()];
  let calls = [];
  let store;
  const gone = new Set();
  const stored = new Set();
  let lastTime = -Infinity;

  const check = () => {
    const { user, confirmed, pending } = store.getSnapshot();
    const expected = pending.reduce((metadata, { patch }) => merge(metadata, patch), new Map(Object.entries(confirmed.metadata)));
    assert.deepEqual(sorted(Object.entries(user.metadata)), sorted(expected));
    for (const { id } of pending) assert.ok(!gone.has(id), `${id} is gone and came back`);
    const time = Date.parse(confirmed.updated_at);
    assert.ok(time >= lastTime, 'the confirmed user went back in time');
    lastTime = time;
    assert.ok(calls.length <= 1, 'two requests at once');
  };
  let fault;
  /** A listener's exception goes elsewhere; the schedule must not miss it. */
  const listen = () => {
    try {
      check();
    } catch (error) {
      fault ??= error;
    }
  };
  const open = (options) => {
    const own = (calls = []);
    const opened = createUserStore({
      ...options,
      send: (_, patch) => new Promise((resolve, reject) => own.push({ patch, resolve, reject })),
    });
    store = opened;
    // A page that went does not look any longer.
    opened.subscribe(() => opened === store && listen());
    check();
  };
  const edits = [];
  const edit = () => {
    const metadata = { [pick(KEYS)]: next() < 0.3 ? null : String(Math.floor(next() * 5)) };
    if (next() < 0.3) metadata[pick(KEYS)] = String(Math.floor(next() * 5));
    const made = store.edit({ metadata });
    edits.push(made);
    const page = store;
    // What a page that went would have heard, nobody heard.
    made.then(() => stored.add(made.id), () => page === store && gone.add(made.id));
    edits.push(made);
    // It is on screen now, whatever else is under way.
    for (const [key, value] of Object.entries(metadata)) assert.equal(store.getSnapshot().user.metadata[key], value ?? undefined);
  };
  const answer = (outcome) => {
    const call = calls.shift();
    if (call === undefined) return;
    switch (outcome) {
      case 'ack': return call.resolve(server.store(call.patch));
      case 'reject': return call.reject(fail('rejected', false));
      case 'lost before': return call.reject(fail('unknown', true));
      case 'lost after': server.store(call.patch); return call.reject(fail('unknown', true));
      case 'overtaken': {
        const user = server.store(call.patch);
        server.store({ metadata: { [pick(KEYS)]: 'foreign' } });
        store.receive(server.user());
        return call.resolve(user);
      }
    }
  };
  const actions = [
    [6, edit],
    [5, () => answer('ack')],
    [2, () => answer('reject')],
    [1, () => answer('lost before')],
    [1, () => answer('lost after')],
    [1, () => answer('overtaken')],
    [2, () => void server.store({ metadata: { [pick(KEYS)]: next() < 0.3 ? null : 'foreign' } })],
    [2, () => { old.push(server.user()); store.receive(server.user()); }],
    [1, () => assert.notEqual(store.receive(pick(old)), undefined)],
    [1, () => store.pause()],
    [2, () => store.resume()],
    [1, () => void (edits.length > 0 && pick(edits).undo())],
    [1, () => { const { pending } = store.getSnapshot(); if (pending.length > 0) store.discard(pick(pending).id); }],
    [0.5, () => {
      // A reload: a request that was under way may be stored or not.
      const call = calls.shift();
      if (call !== undefined && next() < 0.5) server.store(call.patch);
      const state = JSON.parse(JSON.stringify(store.dehydrate()));
      edits.length = 0;
      open({ state });
    }],
  ];
  const total = actions.reduce((sum, [weight]) => sum + weight, 0);
  const step = () => {
    let at = next() * total;
    for (const [weight, action] of actions) if ((at -= weight) < 0) return action();
  };

  open({ user: server.user() });
  for (let index = 0; index < STEPS; index++) {
    step();
    if (next() < 0.7) await settle();
    if (fault !== undefined) throw fault;
  }
  // The network is well again: everything that waits is stored, in order.
  for (let index = 0; store.getSnapshot().pending.length > 0; index++) {
    assert.ok(index < 200, 'the queue does not empty');
    store.resume();
    await settle();
    answer('ack');
    await settle();
    if (fault !== undefined) throw fault;
  }
  if (store.getSnapshot().needsRefetch) server.store({});
  store.receive(server.user());
  await settle();
  const { user, needsRefetch, issues } = store.getSnapshot();
  for (const { id } of edits) assert.ok(stored.has(id) !== gone.has(id), `${id} was neither stored nor refused, or both`);
  assert.deepEqual(sorted(Object.entries(user.metadata)), sorted(server.metadata));
  assert.equal(needsRefetch, false);
  assert.deepEqual(issues, []);
}

test(`${SCHEDULES.toLocaleString('en')} random schedules`, async () => {
  const first = Number(process.env.PALM_USER_SEED ?? 1);
  const count = process.env.PALM_USER_SEED === undefined ? SCHEDULES : 1;
  for (let seed = first; seed < first + count; seed++) {
    try {
      await schedule(seed);
    } catch (error) {
      error.message = `seed ${seed} (again with PALM_USER_SEED=${seed}): ${error.message}`;
      throw error;
    }
  }
});
