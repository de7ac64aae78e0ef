// Medians of rounds. The candidates take turns, so that what slows the device slows all of them.

import { CASES, type Case } from './cases';
import type { Message, Row } from './messages';

const ROUNDS = 7;
/** Long enough for a browser whose clock has steps of a millisecond. */
const ROUND_MS = 40;
const WARM_UP_MS = 150;

/** Refuses to compare functions that do different work. */
async function assertEqual({ title, candidates }: Case): Promise<void> {
  for (const index of [0, 21, 42]) {
    const results = await Promise.all(Object.values(candidates).map(async (run) => canonical(await run(index))));
    if (new Set(results).size !== 1) throw new Error(`${title}: the results differ.`);
  }
}

/** A result as text, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member) ? Object.fromEntries(Object.entries(member).sort()) : member,
  );
}

/** Calls it for a while; gives microseconds a piece of work. */
async function timed(run: (index: number) => unknown, times: number, forMs: number): Promise<number> {
  const isAsync = run(0) instanceof Promise;
  let calls = 0;
  let passed = 0;
  const start = performance.now();
  // The clock is read once in 64 quick calls: reading it takes as long as some of them.
  const step = times > 1 ? 1 : 64;
  while (passed < forMs) {
    for (let left = step; left > 0; left -= 1, calls += 1) {
      const result = run(calls);
      if (isAsync) await result;
    }
    passed = performance.now() - start;
  }
  return (passed * 1_000) / (calls * times);
}

function rowOf(name: string, seen: readonly number[]): Row {
  const sorted = seen.toSorted((a, b) => a - b);
  return { name, median: sorted[sorted.length >> 1] ?? 0, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 };
}

export async function measure(say: (message: Message) => void): Promise<void> {
  const steps = CASES.reduce((sum, { candidates }) => sum + Object.keys(candidates).length * (ROUNDS + 1), 0);
  let done = 0;
  const step = (): void => say({ type: 'progress', share: (done += 1) / steps });
  for (const each of CASES) {
    await assertEqual(each);
    const { title, work, times, candidates } = each;
    const entries = Object.entries(candidates);
    for (const [, run] of entries) {
      await timed(run, times, WARM_UP_MS);
      step();
    }
    const seen = new Map<string, number[]>(entries.map(([name]) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      // Another one begins each round.
      for (let place = 0; place < entries.length; place += 1) {
        const entry = entries[(place + round) % entries.length];
        if (entry === undefined) continue;
        seen.get(entry[0])?.push(await timed(entry[1], times, ROUND_MS));
        step();
      }
    }
    say({ type: 'result', result: { title, work, rows: [...seen].map(([name, list]) => rowOf(name, list)) } });
  }
  say({ type: 'done' });
}
