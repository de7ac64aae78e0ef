import { isPalmError, type UserStore } from 'palm-user';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { Profile } from './profile';
import { makeStore, readUser } from './store';

type State = { readonly store: UserStore } | 'signed out' | 'loading' | Error;

function App() {
  const [state, setState] = useState<State>('loading');
  const open = async (): Promise<void> => {
    try {
      setState({ store: makeStore(await readUser()) });
    } catch (error) {
      setState(isPalmError(error, 'signed_out') ? 'signed out' : (error as Error));
    }
  };
  useEffect(() => {
    void open();
  }, []);
  if (state === 'loading') return <p>Loading</p>;
  if (state instanceof Error) return <p role="alert">{state.message}</p>;
  if (state === 'signed out') return <button onClick={() => void signIn().then(open)}>Sign in</button>;
  return <Profile store={state.store} signIn={signIn} signOut={() => void signOut(state.store)} />;
}

async function signIn(): Promise<void> {
  await fetch('/api/session', { method: 'POST' });
}

async function signOut(store: UserStore): Promise<void> {
  await store.flush();
  // Nothing of a person stays behind in the browser.
  await store.clear();
  await fetch('/api/session', { method: 'DELETE' });
  location.reload();
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
