// The store held to what the person did and what the server has, by a judge
// that never looks at its queue: see store-oracle/oracle.mjs.

import { scriptOf } from './store-oracle/schedule.mjs';
import { testSeeds } from './store-oracle/seeds.mjs';
import { replaceGlobals } from './store-oracle/time.mjs';
import { catchSurprises, run } from './store-oracle/world.mjs';

const prepare = () => {
  replaceGlobals();
  catchSurprises();
};
testSeeds('', 20_000, { prepare, scriptOf, run });
