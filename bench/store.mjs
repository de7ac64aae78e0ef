// The store with a long queue, after a build: `node --expose-gc bench/store.mjs`.
// Times are of the processor, not of the clock: a busy machine does not change
// them much. Counts are exact.

import { PalmError, createUserStore } from '../pkg/dist/index.js';

const USER = { id: '123e4567-e89b-12d3-a456-426614174000', object: 'user', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', metadata: {}, status: 'active', verification: null };
const limits = { maxKeys: 5000 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

function make(options = {}) {
  const calls = [];
  const send = (_, patch) => new Promise((resolve, reject) => calls.push({ patch, resolve, reject }));
  return { calls, store: createUserStore({ userId: 'palm_usr_1a2b3c4d5e6f7g8h', user: USER, send, limits, ...options }) };
}

/** Milliseconds of each run, sorted. */
function times(count, run) {
  const taken = Array.from({ length: count }, (_, index) => {
    const began = process.cpuUsage();
    run(index);
    return spent(began);
  });
  return taken.sort((a, b) => a - b);
}
const spent = (began) => {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
};
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(2);
const row = (name, sorted) => console.log(`${name}: p50 ${at(sorted, 0.5)} ms, p95 ${at(sorted, 0.95)} ms, most ${at(sorted, 1)} ms`);

{
  const { store } = make();
  store.subscribe(() => store.getSnapshot());
  store.pause();
  for (let index = 0; index < 1000; index++) store.edit({ metadata: { [`k${index}`]: '1' } });
  row('an edit with 1,000 queued', times(200, (index) => store.edit({ metadata: { [`k${index}`]: String(index) } })));
  row('an edit of a new key with 1,000 queued', times(200, (index) => store.edit({ metadata: { [`n${index}`]: '1' } })));
  let time = Date.parse(USER.updated_at);
  row('receive with 1,400 queued', times(20, (index) => store.receive({ ...USER, metadata: { other: String(index) }, updated_at: new Date((time += 1000)).toISOString() })));
  const state = JSON.parse(JSON.stringify(store.dehydrate()));
  row('restored with 1,400 queued', times(10, () => make({ state }).store.close()));
  store.close();
}

{
  const { store, calls } = make();
  for (let index = 0; index < 1000; index++) store.edit({ metadata: { [`k${index}`]: index === 617 ? 'bad' : '1' } });
  let [metadata, time] = [{}, Date.parse(USER.updated_at)];
  const began = process.cpuUsage();
  for (let index = 0; ; index++) {
    await turn();
    if (calls[index] === undefined) break;
    const { patch, resolve, reject } = calls[index];
    if (Object.values(patch.metadata).includes('bad')) reject(new PalmError({ code: 'bad_request', message: 'refused', outcome: 'rejected', status: 400 }));
    else resolve({ ...USER, metadata: (metadata = { ...metadata, ...patch.metadata }), updated_at: new Date((time += 1000)).toISOString() });
  }
  console.log(`1,000 edits, one of them bad: ${calls.length} requests, ${spent(began).toFixed(0)} ms`);
  store.close();
}

{
  const { store, calls } = make();
  let time = Date.parse(USER.updated_at);
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1024;
  };
  const sizes = [];
  for (let index = 0; index < 100_000; index++) {
    store.edit({ metadata: { [`k${index % 40}`]: String(index) } });
    await null;
    const { resolve } = calls.pop();
    resolve({ ...USER, metadata: { [`k${index % 40}`]: String(index) }, updated_at: new Date((time += 1000)).toISOString() });
    await turn();
    if ((index + 1) % 20_000 === 0) sizes.push(heap());
  }
  console.log(`heap after each 20,000 of 100,000 edits: ${sizes.map((size) => `${size.toFixed(0)} KB`).join(', ')}${globalThis.gc === undefined ? ' (without --expose-gc)' : ''}`);
  store.close();
}
