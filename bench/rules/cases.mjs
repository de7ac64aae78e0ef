// Ours beside what one would otherwise write or install, doing equal work.

import { assertEqual } from './group.mjs';
import { fingerprinting } from './fingerprinting.mjs';
import { merging } from './merging.mjs';
import { storing } from './storing.mjs';
import { validating } from './validating.mjs';

/**
 * With what the platform itself offers, and with what needs eval.
 *
 * @param serving - Gateways, where such run.
 * @param asked - The groups with this in their name are checked to do equal work; undefined: none.
 */
export async function groups({ serving = () => [], asked, ...platform }) {
  const all = [...(await validating(platform)), ...merging(), ...(await fingerprinting(platform)), ...storing(), ...serving()];
  if (asked !== undefined) for (const each of all) if (each.name.includes(asked)) await assertEqual(each);
  return all;
}
