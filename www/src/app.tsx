// The page: two screens first, and what is below them when the browser has time.

import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import { readLink } from './code/link';
import { createPlayer, type Player } from './stage/player';
import { openSession, type Session } from './stage/session';
import { Preview, Stage } from './stage/stage';

export interface Open {
  readonly session: Session;
  readonly player: Player;
}

// Once for the page, not once for each mounting: a session has listeners of its own.
let opening: Promise<Open> | undefined;

async function open(): Promise<Open> {
  const link = readLink(location.hash);
  const session = await openSession(link ?? {});
  const player = createPlayer(session);
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (link?.play !== undefined) void player.play(link.play);
  // Once, from a cold visit; whoever asked for less motion presses the button.
  else if (session.isCold && link === undefined && !isStill) whenSeen(() => void player.play('lost'));
  return { session, player };
}

/** On a small screen the play waits until it can be watched. */
function whenSeen(begin: () => void): void {
  const observer = new IntersectionObserver(([entry]) => {
    if (entry?.isIntersecting !== true) return;
    observer.disconnect();
    begin();
  });
  // After the first picture of the two screens.
  setTimeout(() => document.querySelectorAll('.palm .chips').forEach((chips) => observer.observe(chips)), 100);
}

export function App({ stage }: { stage: Element }): ReactNode {
  const [opened, setOpened] = useState<Open>();
  const [error, setError] = useState<string>();
  const [Below, setBelow] = useState<ComponentType<Open>>();
  useEffect(() => {
    opening ??= open();
    opening.then(setOpened, (reason: unknown) => {
      opening = undefined;
      setError(reason instanceof Error ? reason.message : 'The sandbox could not be reached.');
    });
  }, []);
  useEffect(() => {
    if (opened === undefined) return;
    const load = (): void => void import('./below').then(({ Below }) => setBelow(() => Below));
    // WebKit has no idle callback.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(load, { timeout: 1_000 });
    else setTimeout(load, 200);
  }, [opened]);
  return (
    <>
      {createPortal(
        error !== undefined ? (
          <p role="alert">{error} Reload the page to try again.</p>
        ) : opened === undefined ? (
          <Preview />
        ) : (
          <Stage {...opened} />
        ),
        stage,
      )}
      {opened !== undefined && Below !== undefined && <Below {...opened} />}
    </>
  );
}
