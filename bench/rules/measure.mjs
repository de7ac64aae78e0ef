// Medians of rounds, the candidates in turns.

import { measure } from 'mitata';

export const ROUNDS = 3;

/** `[{group, rows: [{name, ns, low, high}]}]`; `one(index, who)` gives nanoseconds a call of a candidate of a group. */
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
export async function warmed(run) {
  const end = performance.now() + 500;
  for (let index = 0; performance.now() < end; index++) {
    const result = run(index & 63);
    if (result instanceof Promise) await result;
  }
}

/** Nanoseconds a call. */
export const once = (run, isLong) => (isLong ? timed(run) : quick(run));

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** A sample is all of the 64 inputs, 16 times over: a page's clock is coarse. */
async function quick(run) {
  const calls = 1024;
  const { p50 } = await measure(() => {
    for (let index = 0; index < calls; index++) run(index & 63);
  }, { min_cpu_time: 150_000_000 });
  return p50 / calls;
}

async function timed(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1e6;
}
