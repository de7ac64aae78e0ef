// Two and three tabs over one storage and one server, held to what the person did and what
// the server has: see store-oracle/tabs.mjs.

import { testSeeds } from './store-oracle/seeds.mjs';

testSeeds('tabs', ' of tabs', 10_000, {
  6115: 'without BroadcastChannel, what one tab saw to be stored is sent again by another, over what somebody else wrote since',
});
