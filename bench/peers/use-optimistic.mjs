// As React's page has it: `addOptimistic` in an action, and the state is set
// when the request has answered.

import { BEFORE } from './api.mjs';
import { React, render, screenOf, view } from './react.mjs';

const { startTransition, useOptimistic, useState } = React;

export async function mount(api) {
  let page;
  function Page() {
    const [user, setUser] = useState({ ...BEFORE });
    const [shown, change] = useOptimistic(user, (state, fields) => ({ ...state, ...fields }));
    page = {
      edit: (fields) => startTransition(async () => {
        change(fields);
        try {
          const answer = await api.patch(fields);
          startTransition(() => setUser(answer));
        } catch {
          // The optimistic value goes when the action ends.
        }
      }),
      refetch: () => startTransition(async () => {
        const answer = await api.read();
        startTransition(() => setUser(answer));
      }),
    };
    return view(shown);
  }
  const { element, unmount } = await render(Page);
  return {
    screen: () => screenOf(element),
    edit: (fields) => page.edit(fields),
    refetch: () => page.refetch(),
    close: unmount,
  };
}
