// Medians of rounds, the candidates in turns.

import { measure } from 'mitata';

/** An odd number; more of them where two are close. */
export const ROUNDS = Number(globalThis.process?.env.BENCH_ROUNDS ?? 3);

/** `[{group, rows: [{name, ns, low, high}]}]`; `one(at, who)` gives nanoseconds a call of a candidate of the group at that place. */
export async function measureAll(groups, one, report = () => undefined) {
  const results = [];
  for (const [index, { name, candidates }] of groups.entries()) {
    const seen = Object.fromEntries(candidates.map((who) => [who, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const who of rotated(candidates, round)) seen[who].push(await one(index, who));
    }
    results.push(summary(name, seen));
    report(results.at(-1));
  }
  return results;
}

export function summary(group, seen) {
  const rows = Object.entries(seen).map(([name, times]) => {
    const [low, ...rest] = times.toSorted((a, b) => a - b);
    return { name, ns: [low, ...rest][Math.floor(times.length / 2)], low, high: rest.at(-1) ?? low };
  });
  return { group, rows };
}

/** What is measured is compiled code, as of a page or a server that has run for a while. */
export async function warmed(run, isAsync) {
  const end = performance.now() + 500;
  const began = processorMs();
  for (let index = 0; performance.now() < end || processorMs() - began < 300; index++) {
    const result = run(index & 63);
    if (isAsync) await result;
  }
}

/** The time that this process had of the processor, with what compiles in its background: on a busy machine half a second may be nearly nothing of it. */
function processorMs() {
  const used = globalThis.process?.cpuUsage?.();
  return used === undefined ? NaN : (used.user + used.system) / 1000;
}

/** Nanoseconds a call. */
export const once = (run, { isLong, isAsync }) => (isLong ? timed(run) : isAsync ? awaited(run) : quick(run));

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** A sample is all of the 64 inputs, 16 times over: a page's clock is coarse. */
async function quick(run) {
  const calls = 1024;
  const { p50 } = await measure(() => {
    for (let index = 0; index < calls; index++) run(index & 63);
  }, { min_cpu_time: 150_000_000 });
  return p50 / calls;
}

/** One after the other, as a Worker answers one caller. */
async function awaited(run) {
  const samples = [];
  for (const end = performance.now() + 300; performance.now() < end;) {
    const start = performance.now();
    for (let index = 0; index < 64; index++) await run(index);
    samples.push(((performance.now() - start) * 1e6) / 64);
  }
  return samples.toSorted((a, b) => a - b)[samples.length >> 1];
}

async function timed(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1e6;
}
