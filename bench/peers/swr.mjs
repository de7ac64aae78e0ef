// As its page on mutation has it: `mutate(request, { optimisticData, rollbackOnError })`,
// with its defaults: the answer goes into the cache, and the data is read again.

import { BEFORE } from './api.mjs';
import { React, render, screenOf, view } from './react.mjs';

const { default: useSWR, SWRConfig } = await import('swr');

export async function mount(api) {
  let mutate;
  function Page() {
    const { data, mutate: own } = useSWR('user', () => api.read(), { revalidateOnMount: false, fallbackData: { ...BEFORE } });
    mutate = own;
    return view(data);
  }
  const cache = new Map();
  const { element, unmount } = await render(() => React.createElement(SWRConfig, { value: { provider: () => cache, dedupingInterval: 0 } }, React.createElement(Page)));
  return {
    screen: () => screenOf(element),
    edit: (fields) => void mutate(api.patch(fields), { optimisticData: (user) => ({ ...(user ?? BEFORE), ...fields }), rollbackOnError: true, populateCache: true }).catch(() => {}),
    refetch: () => void mutate(),
    close: unmount,
  };
}
