// One candidate of one group in a process of its own, so that none finds the engine
// as another left it: `node process.mjs 3 valibot` prints nanoseconds a call.

import { createHash, hash, webcrypto } from 'node:crypto';

import { groups } from './cases.mjs';
import { named } from './group.mjs';
import { once, warmed } from './measure.mjs';
import { serving } from './serving.mjs';

const platform = { hash, createHash, subtle: webcrypto.subtle, evaluates: true, serving };

const [index, who] = process.argv.slice(2);
// rules.mjs imports this too, with arguments of its own.
if (/^\d+$/.test(index)) {
  const group = (await groups({ ...platform, checked: false }))[index];
  const run = group.candidates[who];
  await warmed(run, group.isAsync || group.isLong);
  console.log(await once(run, group));
  // A store that waits for an answer would keep it running.
  process.exit();
}

/** Which there are, once it is sure that they do equal work. */
export const listed = async () => named(await groups(platform));
