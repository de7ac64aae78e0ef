// As its guide on optimistic updates has it: patch the cache in
// `onQueryStarted`, undo the patch where the query fails.

import { configureStore } from '@reduxjs/toolkit';
import { createApi } from '@reduxjs/toolkit/query';

export async function mount(server) {
  const wrap = async (promise) => promise.then((data) => ({ data }), (error) => ({ error: String(error) }));
  const api = createApi({
    baseQuery: () => ({ error: 'unused' }),
    tagTypes: ['User'],
    endpoints: (build) => ({
      user: build.query({ queryFn: (_, { signal }) => wrap(server.read({ signal })), providesTags: ['User'] }),
      update: build.mutation({
        queryFn: (fields) => wrap(server.patch(fields)),
        async onQueryStarted(fields, { dispatch, queryFulfilled }) {
          const patch = dispatch(api.util.updateQueryData('user', undefined, (draft) => void Object.assign(draft, fields)));
          queryFulfilled.catch(patch.undo);
        },
      }),
    }),
  });
  const store = configureStore({ reducer: { [api.reducerPath]: api.reducer }, middleware: (all) => all().concat(api.middleware) });
  const query = store.dispatch(api.endpoints.user.initiate());
  server.answer(server.reads[0] ?? (await first(server)));
  await query;
  return {
    screen: () => api.endpoints.user.select()(store.getState()).data,
    edit: (fields) => void store.dispatch(api.endpoints.update.initiate(fields)),
    refetch: () => void store.dispatch(api.util.invalidateTags(['User'])),
    close: () => query.unsubscribe(),
  };
}

async function first(server) {
  while (server.reads.length === 0) await null;
  return server.reads[0];
}
