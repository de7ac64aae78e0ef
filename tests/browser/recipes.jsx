// The recipes in a page, as an app uses them. The test drives it by its buttons.

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

import { useUser } from 'palm-user/react';
import { useName } from '../../recipes/react.js';
import { createUserStore, updateUser } from 'palm-user';
import { connectQuery, userQuery } from '../../recipes/tanstack-query.js';

const { sandbox, id, key } = Object.fromEntries(new URLSearchParams(location.search));
const authorization = `Bearer ${key}`;
const readUser = async () => (await fetch(`${sandbox}/v1/user/${id}`, { headers: { authorization } })).json();

/** Faults the test wants of the next requests, in turn. */
globalThis.faults = [];
const send = (_, patch, { signal }) => {
  const fault = globalThis.faults.shift();
  return updateUser(id, patch, {
    baseUrl: sandbox,
    signal,
    maxRetries: 0,
    headers: { authorization, 'sandbox-latency-ms': '500', ...(fault && { 'sandbox-fault': fault }) },
  });
};

const store = createUserStore({ userId: id, user: await readUser(), send, read: readUser });
globalThis.store = store;
const queryClient = new QueryClient();
const query = userQuery(store);

function Hook() {
  const { user } = useUser(store);
  const { isSaving } = useName(store);
  return (
    <section>
      <output id="language">{user.metadata.language}</output>
      <output id="saving">{String(isSaving)}</output>
      {['fr', 'de'].map((language) => (
        <button key={language} id={language} onClick={() => void store.edit({ metadata: { language } })}>{language}</button>
      ))}
    </section>
  );
}

function Query() {
  const { data, refetch } = useQuery(query);
  useEffect(() => connectQuery(queryClient, store, query), []);
  return (
    <section>
      <output id="query-language">{data?.metadata.language}</output>
      <output id="query-other">{data?.metadata.other}</output>
      <button id="refetch" onClick={() => void refetch()}>refetch</button>
    </section>
  );
}

createRoot(document.getElementById('app')).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Hook />
      <Query />
    </QueryClientProvider>
  </StrictMode>,
);
