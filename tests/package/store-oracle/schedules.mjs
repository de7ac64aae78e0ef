// A thread that runs random schedules, and tells of the first that fails.

import { parentPort, workerData } from 'node:worker_threads';

import { replaceBrowser } from './browser.mjs';
import { open } from './page.mjs';
import { scriptOf, shrink, tabsScriptOf } from './schedule.mjs';
import * as tabs from './tabs.mjs';
import { replaceGlobals } from './time.mjs';
import * as world from './world.mjs';

const { kind, first, end, every, known } = workerData;
const { run, catchSurprises } = kind === 'tabs' ? tabs : world;

replaceGlobals();
if (kind === 'tabs') replaceBrowser();
catchSurprises();
parentPort.postMessage(await result());

async function result() {
  const counts = { schedules: 0, steps: 0, requests: 0 };
  // Every refusal is an error, and a stack is dear.
  Error.stackTraceLimit = 0;
  for (let seed = first; seed < end; seed += every) {
    if (known.includes(seed)) continue;
    const script = kind === 'tabs' ? tabsScriptOf(seed) : scriptOf(seed);
    try {
      const { steps, network } = await run(script, open);
      counts.schedules += 1;
      counts.steps += steps;
      counts.requests += network.sent;
    } catch (violation) {
      return { failure: await told(seed, script, violation) };
    }
  }
  return counts;
}

/** The violation of the shortest script that breaks the same promise. */
async function told(seed, script, { promise, message }) {
  Error.stackTraceLimit = 10;
  const violationOf = (candidate) => run(candidate, open).then(() => undefined, (violation) => violation);
  const shortest = await shrink(script, async (candidate) => (await violationOf(candidate))?.promise === promise);
  const last = (await violationOf(shortest)) ?? { message };
  return `seed ${seed} (again with PALM_USER_SEED=${seed}): ${last.message}\n${shortest.map((line) => `  ${line}`).join('\n')}`;
}
