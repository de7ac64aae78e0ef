// The demo page as a person uses it, against the real sandbox, in Chromium and Firefox;
// in WebKit where PALM_USER_ENGINE asks for it, and a short journey in `demo-engines.test.mjs`.
// The engines take their tests side by side, as most of a test is waiting.

import { test } from 'node:test';

import { benchTests } from './demo-bench.mjs';
import { duplicateTests } from './demo-duplicates.mjs';
import { ENGINES, openDemo } from './demo-page.mjs';
import { screenTests } from './demo-screens.mjs';

test('the demo page', { concurrency: true }, async (t) => {
  await Promise.all(ENGINES.map((engine) => t.test(engine, (t) => testIn(engine, t))));
});

// Firefox types a long list for a minute: `demo-engines.test.mjs` has duplicates there.
const SUITES = { chromium: [screenTests, duplicateTests, benchTests], firefox: [screenTests], webkit: [screenTests, duplicateTests, benchTests] };

async function testIn(engine, t) {
  const demo = await openDemo(engine);
  try {
    for (const suite of SUITES[engine]) {
      // What a suite asked of the network is its own.
      demo.requests.length = 0;
      const cases = [];
      await suite((name, run) => cases.push([name, run]), demo);
      for (const [name, run] of cases) await t.test(name, run);
    }
  } finally {
    await demo.close();
  }
}
