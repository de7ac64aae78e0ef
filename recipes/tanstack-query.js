/** Options for `useQuery`: a read goes through the store, so an edit under way stays on screen. */
export function userQuery(store) {
  const queryKey = ['user', store.getSnapshot().user.id];
  const queryFn = async () => {
    await store.refetch();
    return store.getSnapshot().user;
  };
  return { queryKey, queryFn };
}

/** Keeps the query's data what the store shows; gives the function that ends it. */
export function connectQuery(queryClient, store, { queryKey }) {
  return store.subscribe(() => queryClient.setQueryData(queryKey, store.getSnapshot().user));
}
