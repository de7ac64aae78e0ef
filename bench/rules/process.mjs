// One candidate of one group in a process of its own, so that none finds the engine
// as another left it: `node process.mjs 3 valibot` prints nanoseconds a call.

import { createHash, hash, webcrypto } from 'node:crypto';

import { groups } from './cases.mjs';
import { once } from './measure.mjs';

export const platform = { hash, createHash, subtle: webcrypto.subtle, evaluates: true };

const [index, who] = process.argv.slice(2);
if (index !== undefined) {
  const all = await groups({ ...platform, checked: false });
  console.log(await once(all[index].candidates[who], all[index].isLong));
}

/** Which there are, once it is sure that they do equal work. */
export const listed = async () => (await groups(platform)).map(({ name, candidates, isLong }) => ({ name, isLong, candidates: Object.keys(candidates) }));
