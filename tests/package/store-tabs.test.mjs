// Two and three tabs over one storage and one server, held to what the person did and what
// the server has: see store-oracle/tabs.mjs.

import { replaceBrowser } from './store-oracle/browser.mjs';
import { tabsScriptOf } from './store-oracle/schedule.mjs';
import { testSeeds } from './store-oracle/seeds.mjs';
import { catchSurprises, run } from './store-oracle/tabs.mjs';
import { replaceGlobals } from './store-oracle/time.mjs';

const prepare = () => {
  replaceGlobals();
  replaceBrowser();
  catchSurprises();
};
testSeeds(' of tabs', 3_000, { prepare, scriptOf: tabsScriptOf, run });
