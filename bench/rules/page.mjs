// The cases in a page, which is asked for one at a time.

import { groups } from './cases.mjs';
import { named } from './group.mjs';
import { once, warmed } from './measure.mjs';

const platform = { subtle: crypto.subtle, evaluates: true };

globalThis.bench = {
  /** Which there are, once it is sure that they do equal work. */
  listed: async () => named(await groups(platform)),
  async one(index, who) {
    const group = (await groups({ ...platform, checked: false }))[index];
    await warmed(group.candidates[who], group.isAsync || group.isLong);
    return once(group.candidates[who], group);
  },
};
