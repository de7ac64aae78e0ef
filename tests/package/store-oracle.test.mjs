// The store held to what the person did and what the server has, by a judge
// that never looks at its queue: see store-oracle/oracle.mjs.

import { testSeeds } from './store-oracle/seeds.mjs';

testSeeds('page', '', 20_000);
