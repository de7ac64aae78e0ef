// Random schedules by their seeds. PALM_USER_SEED=7 runs one, PALM_USER_SCHEDULES=100000
// so many, from PALM_USER_FIRST_SEED on.

import { test } from 'node:test';

import { open } from './page.mjs';
import { shrink } from './schedule.mjs';

const { PALM_USER_SEED: seed, PALM_USER_SCHEDULES, PALM_USER_FIRST_SEED: from = 1 } = process.env;
const first = Number(seed ?? from);

/**
 * A test of so many schedules, unless the environment says otherwise.
 *
 * @param {string} name what the schedules are of
 * @param {number} count
 * @param {{ prepare: () => void, scriptOf: (seed: number) => string[], run: Function }} judge
 */
export function testSeeds(name, count, { prepare, scriptOf, run }) {
  const schedules = seed === undefined ? Number(PALM_USER_SCHEDULES ?? count) : 1;
  test(`${schedules.toLocaleString('en')} random schedules${name} from seed ${first}`, async (t) => {
    prepare();
    let steps = 0;
    // Every refusal is an error, and a stack is dear.
    Error.stackTraceLimit = 0;
    for (let at = first; at < first + schedules; at++) {
      const script = scriptOf(at);
      try {
        steps += (await run(script, open)).steps;
      } catch (violation) {
        throw await told(at, script, run, violation);
      }
    }
    t.diagnostic(`seeds ${first} to ${first + schedules - 1}: ${schedules} schedules, ${steps} steps, and each to rest`);
  });
}

/** The violation of the shortest script that breaks the same promise. */
async function told(at, script, run, { promise, message }) {
  Error.stackTraceLimit = 10;
  const violationOf = (candidate) => run(candidate, open).then(() => undefined, (violation) => violation);
  const shortest = await shrink(script, async (candidate) => (await violationOf(candidate))?.promise === promise);
  const last = (await violationOf(shortest)) ?? { message };
  return new Error(`seed ${at} (again with PALM_USER_SEED=${at}): ${last.message}\n${shortest.map((line) => `  ${line}`).join('\n')}`);
}
