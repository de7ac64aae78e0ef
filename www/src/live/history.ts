// The way of each edit, for the timeline: what it was, when it was sent, how it ended.

import type { PalmError, Snapshot, UserPatch } from 'palm-user';

import { observable, type Observable } from '../observable';

export type Phase = 'queued' | 'sending' | 'paused' | 'confirmed' | 'rejected' | 'withdrawn';

export interface Step {
  readonly phase: Phase;
  /** `performance.now()`. */
  readonly at: number;
}

export interface Track {
  readonly id: string;
  readonly patch: UserPatch;
  /** The last one is where it stands. */
  readonly steps: readonly Step[];
  readonly error?: PalmError;
}

const MAX_TRACKS = 30;

export interface History {
  /** Newest first. */
  readonly tracks: Observable<readonly Track[]>;
  /** Takes the state of the queue after a change. */
  readonly observe: (pending: Snapshot['pending']) => void;
  readonly ended: (id: string, phase: 'confirmed' | 'rejected' | 'withdrawn', error?: PalmError) => void;
}

export function phaseOf(track: Track): Phase {
  return track.steps.at(-1)?.phase ?? 'queued';
}

export function isOpen(track: Track): boolean {
  return ['queued', 'sending', 'paused'].includes(phaseOf(track));
}

export function createHistory(): History {
  const tracks = observable<readonly Track[]>([]);

  function end(id: string, phase: Phase, error?: PalmError): void {
    const ended = (track: Track): Track => ({ ...moved(track, phase), ...(error && { error }) });
    tracks.set(tracks.get().map((track) => (track.id === id ? ended(track) : track)));
  }

  return {
    tracks,
    observe: (pending) => {
      const known = new Set(tracks.get().map(({ id }) => id));
      const added = pending
        .filter(({ id }) => !known.has(id))
        .map(({ id, patch, status }): Track => ({ id, patch, steps: [{ phase: status, at: performance.now() }] }));
      const entries = new Map(pending.map((entry) => [entry.id, entry]));
      const settle = (track: Track): Track => {
        if (!isOpen(track)) return track;
        const entry = entries.get(track.id);
        if (entry === undefined) return track;
        const next = moved(track, entry.status);
        return entry.error === undefined ? next : { ...next, error: entry.error };
      };
      tracks.set([...added.reverse(), ...tracks.get()].slice(0, MAX_TRACKS).map(settle));
    },
    ended: end,
  };
}

function moved(track: Track, phase: Phase): Track {
  if (phaseOf(track) === phase) return track;
  const { error: _, ...rest } = track;
  return { ...rest, steps: [...track.steps, { phase, at: performance.now() }] };
}
