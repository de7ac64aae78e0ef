// Small scopes exhaustively, each schedule brought to rest and judged.
//
// PALM_USER_DEPTH=7 goes so deep into the whole scope; PALM_USER_SCOPE=long
// adds the larger scopes that end.

import { test } from 'node:test';

import { FULL, LONG_SCOPES, SCOPES, explore } from './store-oracle/exhaustive.mjs';
import { open } from './store-oracle/page.mjs';
import { replaceGlobals } from './store-oracle/time.mjs';
import { catchSurprises } from './store-oracle/world.mjs';

const depth = Number(process.env.PALM_USER_DEPTH ?? 4);
const long = process.env.PALM_USER_SCOPE === 'long' ? LONG_SCOPES : [];
for (const { name, limits } of [...SCOPES, ...long, { name: `everything, up to ${depth} events`, limits: FULL }]) {
  test(`every order of ${name}`, async (t) => {
    replaceGlobals();
    catchSurprises();
    Error.stackTraceLimit = 0;
    const failures = [];
    const { schedules, states } = await explore(open, limits, {
      depth: limits === FULL ? depth : Infinity,
      onFailure: (script, { message }) => failures.push(`${message}\n${script.map((line) => `  ${line}`).join('\n')}`),
    });
    t.diagnostic(`every order of ${name}: ${states} states, ${schedules} schedules`);
    if (failures.length > 0) throw new Error(`${failures.length} of ${schedules} fail, the shortest: ${failures[0]}`);
  });
}
