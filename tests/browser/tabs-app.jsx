// A page with a store that its tabs share, in React, as an app uses it.

import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

import { createUserStore, getUser, indexedDBStorage, persist, updateUser, warnBeforeLeaving } from 'palm-user';
import { useField, useUser } from 'palm-user/react';

const { sandbox, id, storage, latency = '0', view, warns } = Object.fromEntries(new URLSearchParams(location.search));

globalThis.problems = [];
globalThis.failures = [];
globalThis.isCleared = false;

/** A session as a gateway has it: where nobody is signed in, the server answers with 401. */
const headers = () => ({ authorization: `Bearer ${localStorage.getItem('session') ?? 'nobody'}` });
const read = (userId, { signal } = {}) => getUser(userId, { baseUrl: sandbox, signal, maxRetries: 0, headers: headers() });
const send = (userId, patch, { signal, keepalive }) =>
  updateUser(userId, patch, {
    baseUrl: sandbox,
    signal,
    maxRetries: 0,
    headers: { ...headers(), 'sandbox-latency-ms': globalThis.latency ?? latency },
    fetch: (url, init) => fetch(url, { ...init, keepalive }),
  });

const store = (globalThis.store = createUserStore({
  userId: id,
  user: JSON.parse(sessionStorage.getItem('user') ?? 'null') ?? (await read(id)),
  send,
  read,
  retry: { minDelayMs: 200, maxDelayMs: 400 },
  onError: (error) => globalThis.failures.push(error.code),
  ...(storage !== 'none' && { persist: persist({
    key: 'profile',
    ...(storage === 'indexeddb' && { storage: indexedDBStorage() }),
    onProblem: (problem) => globalThis.problems.push(problem?.kind ?? 'well'),
    onClear: () => (globalThis.isCleared = true),
  }) }),
}));
if (warns !== undefined) warnBeforeLeaving(store);
globalThis.renders = { notes: 0, language: 0 };
/** What every frame showed of a field. */
globalThis.shown = [];

function Text({ name, path, ...options }) {
  const [state, , input] = useField(store, path, options);
  useEffect(() => void (globalThis.renders[name] += 1));
  return (
    <label>
      {name} <input id={name} {...input} />
      <output id={`${name}-pending`}>{String(state.isPending)}</output>
      <output id={`${name}-error`}>{state.error?.code}</output>
    </label>
  );
}

function Language() {
  const [{ value }, set] = useField(store, 'metadata.language');
  useEffect(() => void (globalThis.renders.language += 1));
  return <button id="language" onClick={() => set('fr')}>{value}</button>;
}

const counts = ({ pending, paused }) => ({ pending: pending.length, paused });

function Status() {
  const { pending, paused } = useUser(store, counts);
  const { user } = useUser(store);
  return (
    <p>
      <output id="pending">{pending}</output> <output id="paused">{String(paused)}</output> <output id="name">{user.display_name}</output>
    </p>
  );
}

/** React renders later than it is asked to: the page is ready once its effects have run. */
function App() {
  useEffect(() => void (globalThis.isReady = true));
  return (
    <>
      <Text name="notes" path="metadata.notes" debounceMs={100} />
      <Text name="display" path="display_name" />
      <Language />
      <Status />
    </>
  );
}

if (view === 'none') globalThis.isReady = true;
else createRoot(document.getElementById('app')).render(<StrictMode><App /></StrictMode>);
