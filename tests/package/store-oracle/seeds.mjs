// Random schedules by their seeds. PALM_USER_SEED=7 runs one, PALM_USER_SCHEDULES=100000
// so many, from PALM_USER_FIRST_SEED on.

import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const { PALM_USER_SEED: seed, PALM_USER_SCHEDULES, PALM_USER_FIRST_SEED: from = 1 } = process.env;
const first = Number(seed ?? from);

/**
 * A test of so many schedules, unless the environment says otherwise. They run in threads:
 * the test runner watches every promise of its own thread, which is slow.
 *
 * @param {'page' | 'tabs'} kind
 * @param {string} name what the schedules are of
 * @param {number} count
 * @param {Record<number, string>} faults the seeds that are known to fail, and why: each is a TODO of its own
 */
export function testSeeds(kind, name, count, faults = {}) {
  const schedules = seed === undefined ? Number(PALM_USER_SCHEDULES ?? count) : 1;
  const known = seed === undefined ? Object.keys(faults).map(Number) : [];
  for (const fault of known) test(`seed ${fault}${name}: a known fault`, { todo: faults[fault] }, () => countsOf({ kind, first: fault, end: fault + 1 }, 1));
  test(`${schedules.toLocaleString('en')} random schedules${name} from seed ${first}`, async (t) => {
    const end = first + schedules;
    const sum = await countsOf({ kind, first, end, known }, Math.min(availableParallelism(), schedules, 8));
    if (sum.schedules !== schedules - known.filter((fault) => fault >= first && fault < end).length) throw new Error(`${sum.schedules} schedules were run`);
    t.diagnostic(`seeds ${first} to ${end - 1}: ${sum.schedules} schedules, ${sum.steps} steps, ${sum.requests} requests, and each to rest`);
  });
}

async function countsOf(workerData, every) {
  const threads = Array.from({ length: every }, (_, index) => new Worker(new URL('schedules.mjs', import.meta.url), { workerData: { known: [], ...workerData, first: workerData.first + index, every } }));
  try {
    const counts = await Promise.all(threads.map(resultOf));
    const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
    return { schedules: sum('schedules'), steps: sum('steps'), requests: sum('requests') };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function resultOf(thread) {
  return new Promise((resolve, reject) => {
    thread.on('message', ({ failure, ...counts }) => (failure === undefined ? resolve(counts) : reject(new Error(failure))));
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('a thread ended without a result')));
  });
}
