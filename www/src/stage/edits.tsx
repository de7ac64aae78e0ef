// The edits of the store in words, newest first, each with what can be done about it.

import { useRef, useState, type ReactNode } from 'react';

import { useObservable } from '../observable';
import { describe, OUTCOMES, reasonOf } from '../words';
import type { Session } from './session';
import type { Phase, Track } from './tracks';

const WORDS: Readonly<Record<Phase, string>> = {
  queued: 'waiting its turn',
  sending: 'under way',
  paused: 'kept',
  stored: 'stored',
  refused: 'refused',
  undone: 'undone',
};

export function Edits({ session }: { session: Session }): ReactNode {
  const tracks = useObservable(session.tracks.list);
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);

  /** Undo takes its own button away: the focus stays with the edit. */
  const undo = (id: string, name: string): void => {
    const result = session.undo(id);
    if (result === 'undone') setSaid(`Undone: ${name}.`);
    else if (result === 'nothing to undo') setSaid(`Nothing to undo in “${name}”: it has been written over since.`);
    else setSaid(`No patch can bring back ${result.join(', ')}.`);
    setUndone((known) => new Set(known).add(id));
    list.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
  };
  const [undone, setUndone] = useState<ReadonlySet<string>>(new Set());
  const again = (track: Track): void => {
    try {
      session.edit(track.patch);
    } catch (error) {
      setSaid(reasonOf(error));
    }
  };

  const canUndo = new Set(session.store.edits().map(({ id }) => id));
  return (
    <div className="edits">
      <h3 id="edits-title">Edits of the right screen, newest first</h3>
      <p role="status" className="said">
        {said}
      </p>
      {tracks.length === 0 && <p className="quiet">None yet.</p>}
      <ol aria-labelledby="edits-title" tabIndex={tracks.length > 0 ? 0 : undefined} ref={list}>
        {tracks.toReversed().map((track) => {
          const name = describe(track.patch);
          const isLiving = track.phase !== 'refused' && track.phase !== 'undone' && !undone.has(track.id);
          return (
            <li key={track.id} data-id={track.id} data-phase={track.phase} tabIndex={-1}>
              <span className="what">{name}</span>
              <span className="phase">
                {undone.has(track.id) && track.phase === 'stored' ? 'undone' : WORDS[track.phase]}
                {track.to !== undefined && ` after ${((track.to - track.from) / 1000).toFixed(1)} s`}
              </span>
              <span className="actions">
                {isLiving && canUndo.has(track.id) && (
                  <button type="button" aria-label={`Undo ${name}`} onClick={() => undo(track.id, name)}>
                    Undo
                  </button>
                )}
                {track.phase === 'refused' && (
                  <button type="button" aria-label={`Try again: ${name}`} onClick={() => again(track)}>
                    Try again
                  </button>
                )}
              </span>
              {track.error !== undefined && track.phase !== 'stored' && <p className="message">{why(track)}</p>}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Of an edit that was given up after it was sent, nobody can say that it was taken back. */
function why({ error, phase }: Track): string {
  if (error === undefined) return '';
  if (phase !== 'undone') return `${reasonOf(error)} ${OUTCOMES[error.outcome]}`;
  return error.outcome === 'not_sent' ? 'It was never sent.' : 'It had been sent: the screen shows what the server kept.';
}
