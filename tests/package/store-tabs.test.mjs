// Two and three tabs over one storage and one server, held to what the person did and what
// the server has: see store-oracle/tabs.mjs.
//
// PALM_USER_SEED=7 runs one schedule, PALM_USER_SCHEDULES=100000 so many, from
// PALM_USER_FIRST_SEED on.

import { test } from 'node:test';

import { replaceBrowser } from './store-oracle/browser.mjs';
import { open } from './store-oracle/page.mjs';
import { shrink, tabsScriptOf } from './store-oracle/schedule.mjs';
import { catchSurprises, run } from './store-oracle/tabs.mjs';
import { replaceGlobals } from './store-oracle/time.mjs';

const { PALM_USER_SEED: seed, PALM_USER_SCHEDULES: count = 3_000, PALM_USER_FIRST_SEED: from = 1 } = process.env;
const first = Number(seed ?? from);
const schedules = seed === undefined ? Number(count) : 1;

test(`${schedules.toLocaleString('en')} random schedules of tabs from seed ${first}`, async (t) => {
  replaceGlobals();
  replaceBrowser();
  catchSurprises();
  let steps = 0;
  Error.stackTraceLimit = 0;
  for (let at = first; at < first + schedules; at++) {
    const script = tabsScriptOf(at);
    try {
      steps += (await run(script, open)).steps;
    } catch (violation) {
      throw await told(at, script, violation);
    }
  }
  t.diagnostic(`seeds ${first} to ${first + schedules - 1}: ${schedules} schedules, ${steps} steps, and each to rest`);
});

/** The violation of the shortest script that breaks the same promise. */
async function told(at, script, { promise, message }) {
  Error.stackTraceLimit = 10;
  const violationOf = (candidate) => run(candidate, open).then(() => undefined, (violation) => violation);
  const shortest = await shrink(script, async (candidate) => (await violationOf(candidate))?.promise === promise);
  const last = (await violationOf(shortest)) ?? { message };
  return new Error(`seed ${at} (again with PALM_USER_SEED=${at}): ${last.message}\n${shortest.map((line) => `  ${line}`).join('\n')}`);
}
