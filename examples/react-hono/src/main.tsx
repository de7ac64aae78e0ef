import { isPalmError, type User, type UserStore } from 'palm-user';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { Profile } from './profile';
import { makeStore, readUser } from './store';

type State = { readonly store: UserStore } | 'signed out' | 'loading' | Error;

function App() {
  const [state, setState] = useState<State>('loading');
  const [session, setSession] = useState(0);
  useEffect(() => {
    let store: UserStore | undefined;
    let isGone = false;
    const show = (user: User): void => {
      if (isGone) return;
      store = makeStore(user);
      setState({ store });
    };
    readUser().then(show, (error: Error) => setState(isPalmError(error, 'signed_out') ? 'signed out' : error));
    return () => {
      isGone = true;
      store?.close();
    };
  }, [session]);
  if (state === 'loading') return <p>Loading</p>;
  if (state instanceof Error) return <p role="alert">{state.message}</p>;
  if (state === 'signed out') return <button onClick={() => void signIn().then(() => setSession(session + 1))}>Sign in</button>;
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
