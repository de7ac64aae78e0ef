// The queue as it moves: each edit's way from the click to the answer.

import { useEffect, useState, type ReactNode } from 'react';

import { useObservable } from '../observable';
import { describe, OUTCOMES, reasonOf } from './describe';
import { isOpen, phaseOf, type History, type Phase, type Track } from './history';
import type { Session } from './session';

const WORDS: Readonly<Record<Phase, string>> = {
  queued: 'waiting',
  sending: 'under way',
  paused: 'paused',
  confirmed: 'confirmed',
  rejected: 'rejected',
  withdrawn: 'taken back',
};

export function Timeline({ history, session }: { history: History; session: Session }): ReactNode {
  const tracks = useObservable(history.tracks);
  const now = useClock(tracks.some(isOpen));
  const [latest] = tracks;
  return (
    <div className="timeline">
      <h3 id="timeline-title">Edits, newest first</h3>
      <p className="hidden" role="status">
        {latest && `${describe(latest.patch)}: ${WORDS[phaseOf(latest)]}`}
      </p>
      {tracks.length === 0 && <p>None yet. Change a value above, or choose a failure first.</p>}
      <ol aria-labelledby="timeline-title">
        {tracks.map((track) => (
          <Row key={track.id} track={track} now={now} session={session} />
        ))}
      </ol>
    </div>
  );
}

function Row({ track, now, session }: { track: Track; now: number; session: Session }): ReactNode {
  const { id, patch, error } = track;
  const phase = phaseOf(track);
  const canUndo = session.canUndo(id) && phase !== 'rejected' && phase !== 'withdrawn';
  return (
    <li className={phase}>
      <span className="what">{describe(patch)}</span>
      <Bar track={track} now={now} />
      <span className="chip" data-phase={phase}>
        {WORDS[phase]} {(spanOf(track, now) / 1000).toFixed(1)} s
      </span>
      <span className="actions">
        {(canUndo || phase === 'paused') && (
          <button type="button" onClick={() => session.undo(id)}>
            {phase === 'paused' ? 'Give up' : 'Undo'}
          </button>
        )}
        {phase === 'rejected' && (
          <button type="button" onClick={() => session.tryEdit(patch)}>
            Try again
          </button>
        )}
      </span>
      {error !== undefined && (
        <p className="message">
          {reasonOf(error)} {OUTCOMES[error.outcome]}
        </p>
      )}
    </li>
  );
}

/** How long each phase lasted, as shares of the whole. */
function Bar({ track, now }: { track: Track; now: number }): ReactNode {
  const { steps } = track;
  const span = Math.max(spanOf(track, now), 1);
  return (
    <span className="bar" aria-hidden="true">
      {steps.map(({ phase, at }, index) => {
        const until = steps[index + 1]?.at ?? (isOpen(track) ? now : at);
        return <i key={at} data-phase={phase} style={{ flexGrow: Math.max(until - at, 0) / span }} />;
      })}
    </span>
  );
}

/** In milliseconds, from the edit to its end or to now. */
function spanOf(track: Track, now: number): number {
  const [first] = track.steps;
  const last = track.steps.at(-1);
  if (first === undefined || last === undefined) return 0;
  return Math.max((isOpen(track) ? now : last.at) - first.at, 0);
}

/** The time, ten times a second while something moves. */
function useClock(isRunning: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}
