// As its guide on mutations has it: a query collection whose `onUpdate` makes
// the call; the collection reads again when it has ended.

import { createCollection } from '@tanstack/db';
import { queryCollectionOptions } from '@tanstack/query-db-collection';
import { QueryClient } from '@tanstack/react-query';

export async function mount(api) {
  const queryClient = new QueryClient();
  const collection = createCollection(queryCollectionOptions({
    queryClient,
    queryKey: ['user'],
    queryFn: async ({ signal }) => [{ id: 'u', ...(await api.read({ signal })) }],
    getKey: ({ id }) => id,
    staleTime: Infinity,
    onUpdate: async ({ transaction }) => {
      await Promise.all(transaction.mutations.map(({ changes }) => api.patch(changes)));
    },
  }));
  const end = collection.subscribeChanges(() => {});
  while (api.reads.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  api.answer(api.reads[0]);
  await collection.stateWhenReady();
  return {
    screen() {
      const user = collection.get('u');
      return user && { tier: user.tier, note: user.note };
    },
    edit: (fields) => void collection.update('u', (draft) => void Object.assign(draft, fields)).isPersisted.promise.catch(() => {}),
    refetch: () => void collection.utils.refetch().catch(() => {}),
    close() {
      end.unsubscribe?.();
      void collection.cleanup();
      queryClient.clear();
    },
  };
}
