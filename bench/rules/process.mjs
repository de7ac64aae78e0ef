// One candidate of one group in a process of its own, so that none finds the engine
// as another left it: `node process.mjs 3 valibot` prints nanoseconds a call.

import { createHash, hash, webcrypto } from 'node:crypto';

import { groups, named } from './cases.mjs';
import { once, warmed } from './measure.mjs';

const platform = { hash, createHash, subtle: webcrypto.subtle, evaluates: true };

const [index, who] = process.argv.slice(2);
// rules.mjs imports this too, with arguments of its own.
if (/^\d+$/.test(index)) {
  const { candidates, isLong } = (await groups({ ...platform, checked: false }))[index];
  const run = candidates[who];
  await warmed(run);
  console.log(await once(run, isLong));
}

/** Which there are, once it is sure that they do equal work. */
export const listed = async () => named(await groups(platform));
