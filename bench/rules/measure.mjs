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

/** Nanoseconds a call. */
export const once = (run, isLong) => (isLong ? timed(run) : quick(run));

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

async function quick(run) {
  let index = 0;
  const { p50 } = await measure(() => run((index = (index + 1) & 63)), { min_cpu_time: 150_000_000 });
  return p50;
}

async function timed(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1e6;
}
