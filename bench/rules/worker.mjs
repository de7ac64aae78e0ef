// The cases in workerd, whose clock stands still while code runs: it is timed from outside.

import { groups } from './cases.mjs';
import { named } from './group.mjs';
import { serving } from './serving.mjs';

let all;

export default {
  async fetch(request) {
    all ??= await groups({ subtle: crypto.subtle, compiles: false, serving });
    const { searchParams } = new URL(request.url);
    if (!searchParams.has('group')) return Response.json(named(all));
    const { candidates, isLong, isAsync } = all[searchParams.get('group')];
    const run = candidates[searchParams.get('candidate')];
    const times = Number(searchParams.get('times'));
    if (isLong) await run();
    else if (isAsync) for (let index = 0; index < times; index++) await run(index & 63);
    else for (let index = 0; index < times; index++) run(index & 63);
    return new Response('done');
  },
};
