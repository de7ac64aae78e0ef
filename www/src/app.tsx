// Three ways to touch the package, one for each kind of user it has.

import { useEffect, useState, type ReactNode } from 'react';

import { DuplicateFinder } from './duplicates/duplicate-finder';
import { LiveUser } from './live/live-user';
import { openSession, type Session } from './live/session';
import { Playground } from './playground/playground';

export function App(): ReactNode {
  return (
    <>
      <header className="top">
        <a className="skip" href="#live">
          Skip to the user
        </a>
        <h1>palm-user</h1>
        <nav aria-label="On this page">
          <a href="#live">Live user</a>
          <a href="#playground">Patches</a>
          <a href="#duplicates">Duplicates</a>
        </nav>
      </header>
      <main>
        <section id="live" aria-labelledby="live-title" tabIndex={-1}>
          <h2 id="live-title">An edit is on screen before the server has answered</h2>
          <Live />
        </section>
        <section id="playground" aria-labelledby="playground-title" tabIndex={-1}>
          <h2 id="playground-title">A patch, as the rules see it</h2>
          <Playground />
        </section>
        <section id="duplicates" aria-labelledby="duplicates-title" tabIndex={-1}>
          <h2 id="duplicates-title">Duplicates, found without sending anyone’s address</h2>
          <DuplicateFinder />
        </section>
      </main>
    </>
  );
}

// Once for the page, not once for each mounting: a session has listeners of its own.
let opening: Promise<Session> | undefined;

function Live(): ReactNode {
  const [session, setSession] = useState<Session>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    opening ??= openSession();
    opening.then(setSession, (reason: unknown) => {
      opening = undefined;
      setError(reason instanceof Error ? reason.message : 'The sandbox could not be reached.');
    });
  }, []);
  if (session !== undefined) return <LiveUser session={session} />;
  if (error === undefined) return <p role="status">Opening the sandbox…</p>;
  return <p role="alert">{error} Is `cargo xtask demo` still running? Reload the page to try again.</p>;
}
