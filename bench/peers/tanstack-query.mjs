// As its guide on optimistic updates has it: cancel, keep a snapshot, roll back
// on an error, invalidate in the end.

import { MutationObserver, QueryClient, QueryObserver } from '@tanstack/react-query';

import { BEFORE } from './api.mjs';

const queryKey = ['user'];

export async function mount(api) {
  const client = new QueryClient();
  client.mount();
  client.setQueryData(queryKey, { ...BEFORE });
  const query = new QueryObserver(client, { queryKey, queryFn: ({ signal }) => api.read({ signal }), staleTime: Infinity });
  const end = query.subscribe(() => {});
  const mutation = {
    mutationFn: (fields) => api.patch(fields),
    onMutate: async (fields) => {
      await client.cancelQueries({ queryKey });
      const previous = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (user) => ({ ...user, ...fields }));
      return { previous };
    },
    onError: (_error, _fields, context) => client.setQueryData(queryKey, context.previous),
    onSettled: () => client.invalidateQueries({ queryKey }),
  };
  return {
    screen: () => query.getCurrentResult().data,
    // Each edit is a mutation of its own, as a button's `mutate` is.
    edit: (fields) => void new MutationObserver(client, mutation).mutate(fields).catch(() => {}),
    refetch: () => void client.invalidateQueries({ queryKey }),
    close() {
      end();
      client.unmount();
      client.clear();
    },
  };
}
