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
  const known = new Set<string>();

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
    if (known.has(id)) return;
    known.add(id);
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
      const waiting = new Map(pending.map((edit) => [edit.id, edit]));
      let isChanged = false;
      const tracks = list.get().map((track) => {
        const edit = waiting.get(track.id);
        if (edit === undefined || track.to !== undefined) return track;
        if (track.phase === edit.status && track.error === edit.error) return track;
        isChanged = true;
        const { error: _, ...rest } = track;
        return { ...rest, phase: edit.status, ...(edit.error && { error: edit.error }) };
      });
      if (isChanged) list.set(tracks);
    },
  };
}
