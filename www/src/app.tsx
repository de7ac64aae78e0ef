// The page: two screens, and below them what happened, the code, the rules, and duplicates.

import { useEffect, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import { Code } from './code/code';
import { readLink } from './code/link';
import { DuplicateFinder } from './duplicates/duplicate-finder';
import { Playground } from './playground/playground';
import { Edits } from './stage/edits';
import { NetworkControls } from './stage/network-controls';
import { createPlayer, type Player } from './stage/player';
import { openSession, type Session } from './stage/session';
import { Preview, Stage } from './stage/stage';
import { Timeline } from './stage/timeline';

interface Open {
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
  useEffect(() => {
    opening ??= open();
    opening.then(setOpened, (reason: unknown) => {
      opening = undefined;
      setError(reason instanceof Error ? reason.message : 'The sandbox could not be reached.');
    });
  }, []);
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
      {opened !== undefined && (
        <>
          <section id="timeline" aria-labelledby="timeline-title">
            <h2 id="timeline-title">What happened, and when</h2>
            <Timeline recorder={opened.session.recorder} />
            <div className="beside">
              <Edits session={opened.session} />
              <Code {...opened} />
            </div>
            <NetworkControls session={opened.session} />
          </section>
          <section id="rules" aria-labelledby="rules-title">
            <h2 id="rules-title">A patch, as the rules see it</h2>
            <p className="lead">Every function takes plain JSON. Edit any text below.</p>
            <Playground />
          </section>
          <section id="duplicates" aria-labelledby="duplicates-title">
            <h2 id="duplicates-title">Duplicates, found without sending anybody’s address</h2>
            <p className="lead">Fingerprints are made in this page, by a worker that connects to nothing.</p>
            <DuplicateFinder />
          </section>
        </>
      )}
    </>
  );
}
