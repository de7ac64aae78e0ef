// Size budgets: what was recorded is what is allowed.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { recorded, sizes } from './sizes.mjs';

const actual = await sizes();
const budgets = JSON.parse(await readFile(recorded, 'utf8'));

// Another version of a compiler moves a few bytes.
const TOLERANCE = 1.01;

test('every entry has a budget', () => assert.deepEqual(Object.keys(actual), Object.keys(budgets)));

for (const [name, budget] of Object.entries(budgets)) {
  test(`${name}: ${budget.gzip} bytes with gzip`, () => {
    for (const measure of ['bytes', 'gzip', 'brotli']) {
      const limit = Math.round(budget[measure] * TOLERANCE);
      const hint = 'if it is worth it: node tests/packaging/sizes.mjs --record';
      assert.ok(actual[name][measure] <= limit, `${measure}: ${actual[name][measure]}, allowed ${limit}; ${hint}`);
    }
  });
}
