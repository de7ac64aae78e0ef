// A short run of fuzz/exports.mjs on the packed package; `cargo xtask fuzz` is the long one.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import * as palm from 'palm-user';

const { fuzz } = await import(path.join(process.env.PALM_USER_ROOT, 'fuzz/exports.mjs'));

test('40,000 hostile inputs', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('nothing leaves this process');
  };
  const { inputs, refused, compared } = await fuzz(palm, { seed: 1, inputs: 40_000 });
  assert.ok(inputs >= 40_000 && refused > 1000 && compared > 1000);
});
