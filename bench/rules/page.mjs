// The cases in a page, which is asked for one at a time.

import { groups, named } from './cases.mjs';
import { once, warmed } from './measure.mjs';

const platform = { subtle: crypto.subtle, evaluates: true };

globalThis.bench = {
  /** Which there are, once it is sure that they do equal work. */
  listed: async () => named(await groups(platform)),
  async one(index, who) {
    const { candidates, isLong } = (await groups({ ...platform, checked: false }))[index];
    await warmed(candidates[who]);
    return once(candidates[who], isLong);
  },
};
