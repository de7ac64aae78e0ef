// Two and three tabs over one storage and one server, held to what the person did and what
// the server has: see store-oracle/tabs.mjs.

import { testSeeds } from './store-oracle/seeds.mjs';

testSeeds('tabs', ' of tabs', 10_000);
