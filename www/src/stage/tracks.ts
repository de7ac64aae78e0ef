// The way of each edit of the store, from the click to its end.

import { isPalmError, type EditHandle, type PalmError, type Snapshot, type UserPatch } from 'palm-user';

import { observable, type Observable } from '../observable';
import { describe } from '../words';
import type { Ending, Recorder } from './recorder';

export type Phase = 'queued' | 'sending' | 'paused' | 'stored' | 'refused' | 'undone';

export interface Track {
  readonly id: string;
  readonly patch: UserPatch;
  readonly phase: Phase;
  /** By the recorder's clock. */
  readonly from: number;
  readonly to?: number;
  readonly error?: PalmError;
}

export interface Tracks {
  /** Oldest first, in the order in which they were made. */
  readonly list: Observable<readonly Track[]>;
  readonly add: (handle: EditHandle) => void;
  /** Takes the state of the queue after a change. */
  readonly observe: (pending: Snapshot['pending']) => void;
}

/** The store can undo its last 100 edits that are not pending. */
const MAX_ENDED = 100;

export function createTracks(recorder: Recorder): Tracks {
  const list = observable<readonly Track[]>([]);
  const endings = new Map<string, (ending: Exclude<Ending, 'open'>) => void>();

  function change(id: string, by: Partial<Track>): void {
    list.set(list.get().map((track) => (track.id === id ? { ...track, ...by } : track)));
  }

  function end(id: string, phase: 'stored' | 'refused' | 'undone', error?: PalmError): void {
    change(id, { phase, to: recorder.clock.now(), ...(error && { error }) });
    endings.get(id)?.(phase === 'stored' ? 'good' : phase === 'refused' ? 'bad' : 'lost');
    endings.delete(id);
  }

  function add(handle: EditHandle): void {
    const { id, patch, confirmed } = handle;
    if (list.get().some((track) => track.id === id)) return;
    endings.set(id, recorder.begin('palm', 'edits', describe(patch)));
    let left = list.get().filter(({ to }) => to !== undefined).length - MAX_ENDED;
    const kept = list.get().filter(({ to }) => to === undefined || (left -= 1) < 0);
    list.set([...kept, { id, patch, phase: 'queued', from: recorder.clock.now() }]);
    confirmed.then(
      () => end(id, 'stored'),
      (error: unknown) => {
        const isOwn = isPalmError(error, 'aborted');
        if (isPalmError(error)) end(id, isOwn ? 'undone' : 'refused', error);
        else end(id, 'refused');
      },
    );
  }

  return {
    list,
    add,
    observe: (pending) => {
      for (const { id, status, error } of pending) {
        const known = list.get().find((track) => track.id === id);
        if (known === undefined || known.to !== undefined) continue;
        if (known.phase !== status || known.error !== error) {
          const { error: _, ...rest } = known;
          const next = { ...rest, phase: status, ...(error && { error }) };
          list.set(list.get().map((track) => (track.id === id ? next : track)));
        }
      }
    },
  };
}
