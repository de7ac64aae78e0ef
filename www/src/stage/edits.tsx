// The edits of the store in words, newest first, each with what can be done about it.

import { memo, useCallback, useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';

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
  // A click on a screen does not wait for a hundred rows of the past.
  const tracks = useDeferredValue(useObservable(session.tracks.list));
  const [said, setSaid] = useState('');
  const [undone, setUndone] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLOListElement>(null);

  /** Undo takes its own button away: the focus stays with the edit. */
  const undo = useCallback(
    ({ id, patch }: Track): void => {
      const name = describe(patch);
      const result = session.undo(id);
      if (result === 'undone') setSaid(`Undone: ${name}.`);
      else if (result === 'nothing to undo') setSaid(`Nothing to undo in “${name}”: it has been written over since.`);
      else setSaid(`No patch can bring back ${result.join(', ')}.`);
      setUndone((known) => new Set(known).add(id));
      list.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
    },
    [session],
  );
  const again = useCallback(
    ({ patch }: Track): void => {
      try {
        session.edit(patch);
      } catch (error) {
        setSaid(reasonOf(error));
      }
    },
    [session],
  );

  const canUndo = useMemo(() => new Set(session.store.edits().map(({ id }) => id)), [session, tracks]);
  return (
    <div className="edits">
      <h3 id="edits-title">Edits of the right screen, newest first</h3>
      <p role="status" className="said">
        {said}
      </p>
      {tracks.length === 0 && <p className="quiet">None yet.</p>}
      <ol aria-labelledby="edits-title" tabIndex={tracks.length > 0 ? 0 : undefined} ref={list}>
        {tracks.toReversed().map((track) => (
          <Row key={track.id} track={track} isUndone={undone.has(track.id)} canUndo={canUndo.has(track.id)} undo={undo} again={again} />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  readonly track: Track;
  readonly isUndone: boolean;
  readonly canUndo: boolean;
  readonly undo: (track: Track) => void;
  readonly again: (track: Track) => void;
}

const Row = memo(function Row({ track, isUndone, canUndo, undo, again }: RowProps): ReactNode {
  const name = describe(track.patch);
  const isLiving = track.phase !== 'refused' && track.phase !== 'undone' && !isUndone;
  return (
    <li data-id={track.id} data-phase={track.phase} tabIndex={-1}>
      <span className="what">{name}</span>
      <span className="phase">
        {isUndone && track.phase === 'stored' ? 'undone' : WORDS[track.phase]}
        {track.to !== undefined && ` after ${((track.to - track.from) / 1000).toFixed(1)} s`}
      </span>
      <span className="actions">
        {isLiving && canUndo && (
          <button type="button" aria-label={`Undo ${name}`} onClick={() => undo(track)}>
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
});

/** Of an edit that was given up after it was sent, nobody can say that it was taken back. */
function why({ error, phase }: Track): string {
  if (error === undefined) return '';
  if (phase !== 'undone') return `${reasonOf(error)} ${OUTCOMES[error.outcome]}`;
  return error.outcome === 'not_sent' ? 'It was never sent.' : 'It had been sent: the screen shows what the server kept.';
}
