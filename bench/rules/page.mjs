// The cases in a page.

import { groups, named } from './cases.mjs';
import { measureAll, once } from './measure.mjs';

const all = await groups({ subtle: crypto.subtle, evaluates: true });
globalThis.results = await measureAll(named(all), (index, who) => once(all[index].candidates[who], all[index].isLong));
