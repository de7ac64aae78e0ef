// The demo page as a person uses it, against the real sandbox, in Chromium, Firefox and WebKit.

import { test } from 'node:test';

import { benchTests } from './demo-bench.mjs';
import { duplicateTests } from './demo-duplicates.mjs';
import { ENGINES, openDemo } from './demo-page.mjs';
import { screenTests } from './demo-screens.mjs';

for (const engine of ENGINES) {
  test(`the demo page in ${engine}`, async (t) => {
    const demo = await openDemo(engine);
    try {
      for (const suite of [screenTests, duplicateTests, benchTests]) {
        // Each looks at what its own tests did: one of them breaks the policy on purpose.
        for (const list of [demo.violations, demo.errors, demo.requests]) list.length = 0;
        const cases = [];
        await suite((name, run) => cases.push([name, run]), demo);
        for (const [name, run] of cases) await t.test(name, run);
      }
    } finally {
      await demo.close();
    }
  });
}
