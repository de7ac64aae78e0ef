// Four orders of events that every network brings about sooner or later. After
// each event the screen is compared with the last choice of the person that was
// neither refused nor, in the end, other than what the server has.

import { Api, BEFORE } from './api.mjs';

/** Each: a name, what happens, and the events with what is right after them. */
export const ORDERS = [
  {
    name: 'late answers',
    about: 'Two edits of one field. The answers come in reverse: the first edit\'s last.',
    async play({ api, edit, look }) {
      edit({ tier: 'silver' });
      await look({ tier: 'silver' });
      edit({ tier: 'gold' });
      await look({ tier: 'gold' });
      const [first, second] = api.patches;
      api.arrive(first);
      api.arrive(second);
      api.answer(second);
      await look({ tier: 'gold' });
      // A read that follows the second answer ends before the first answer comes.
      api.answer(api.reads.at(-1));
      await look({ tier: 'gold' });
      api.answer(first);
      await look({ tier: 'gold' });
    },
    end: { tier: 'gold' },
  },
  {
    name: 'the first of two fails',
    about: 'Two edits that overlap: tier, then tier and note. The server refuses the first and stores the second.',
    async play({ api, edit, look }) {
      edit({ tier: 'silver' });
      await look({ tier: 'silver' });
      edit({ tier: 'gold', note: 'hi' });
      await look({ tier: 'gold', note: 'hi' });
      api.refuse(api.patches[0]);
      await look({ tier: 'gold', note: 'hi' });
      api.answer(api.patches[0]);
      await look({ tier: 'gold', note: 'hi' });
    },
    end: { tier: 'gold', note: 'hi' },
  },
  {
    name: 'a refetch amid an edit',
    about: 'While an edit is under way the data is read again: another part of the page invalidates it, or the window gets the focus. The read is answered before the edit arrives.',
    async play({ api, edit, refetch, look }) {
      edit({ tier: 'gold' });
      await look({ tier: 'gold' });
      refetch();
      await look({ tier: 'gold' });
      api.answer(api.reads[0]);
      await look({ tier: 'gold' });
      api.answer(api.patches[0]);
      await look({ tier: 'gold' });
    },
    end: { tier: 'gold' },
  },
  {
    name: 'a lost answer',
    about: 'The edit is stored, and the connection breaks before the answer.',
    async play({ api, edit, look }) {
      edit({ tier: 'gold' });
      await look({ tier: 'gold' });
      api.lose(api.patches[0]);
      await look({ tier: 'gold' });
    },
    end: { tier: 'gold' },
  },
];

/** Plays one order with one library: how many looks found a wrong screen, and whether the end was wrong. */
export async function play(order, mount) {
  const api = new Api();
  const page = await mount(api);
  const wrong = [];
  const look = async (right) => {
    await settle();
    const shown = page.screen();
    const expected = { ...BEFORE, ...right };
    if (Object.keys(expected).some((key) => shown?.[key] !== expected[key])) wrong.push({ shown: { ...shown }, expected });
  };
  await settle();
  await order.play({ api, look, edit: page.edit, refetch: page.refetch });
  // The network is well again, and answers whatever still comes.
  for (let quiet = 0; quiet < 3; ) {
    await settle();
    const call = api.patches[0] ?? api.reads[0];
    quiet = call === undefined ? quiet + 1 : 0;
    api.answer(call);
    if (call === undefined) await page.wait?.();
  }
  const during = wrong.length;
  await look(order.end);
  const isEndWrong = wrong.length > during;
  page.close();
  return { during, isEndWrong, wrong };
}

/** Long enough for renders and for the timers of 0 ms that libraries batch with. */
async function settle() {
  for (let round = 0; round < 8; round++) await new Promise((resolve) => setTimeout(resolve, 1));
}
