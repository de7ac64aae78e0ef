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
 * @param checked - That all do equal work.
 */
export async function groups({ serving = () => [], checked = true, ...platform }) {
  const all = [...(await validating(platform)), ...merging(), ...(await fingerprinting(platform)), ...storing(), ...serving()];
  if (checked) for (const each of all) await assertEqual(each);
  return all;
}
