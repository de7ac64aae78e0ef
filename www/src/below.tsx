// Below the two screens: what happened, the code, the rules, duplicates, and a benchmark.

import { useEffect, type ReactNode } from 'react';

import type { Open } from './app';
import { Code } from './code/code';
import { DuplicateFinder } from './duplicates/duplicate-finder';
import { Playground } from './playground/playground';
import { Edits } from './stage/edits';
import { Bench } from './measure/bench';
import { NetworkControls } from './stage/network-controls';
import { Timeline } from './stage/timeline';

export function Below({ session, player }: Open): ReactNode {
  // A link to a section, which was not there when the browser looked for it.
  useEffect(() => {
    if (/^#[a-z]+$/.test(location.hash)) document.querySelector(location.hash)?.scrollIntoView();
  }, []);
  return (
    <>
      <section id="timeline" aria-labelledby="timeline-title">
        <h2 id="timeline-title">What happened, and when</h2>
        <Timeline recorder={session.recorder} />
        <div className="beside">
          <Edits session={session} />
          <Code session={session} player={player} />
        </div>
        <NetworkControls session={session} />
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
      <section id="speed" aria-labelledby="speed-title">
        <h2 id="speed-title">Measure it here</h2>
        <p className="lead">palm-user beside other libraries, in your browser, on your device. It takes about ten seconds.</p>
        <Bench />
      </section>
    </>
  );
}
