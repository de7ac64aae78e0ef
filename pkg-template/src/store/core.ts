// What a store knows at one moment: a confirmed user, an ordered queue of edits, and
// where the requests stand. The other files of this folder change it.

import type { PalmError } from '../error.js';
import type { Edit } from './edit.js';
import type { Fields, Value } from './fields.js';
import { History } from './history.js';
import { Listeners } from './listeners.js';
import type { Write } from './queue.js';
import type { Request } from './request.js';
import type { FieldPath, FieldState, Snapshot, StoreUser, UserStoreOptions } from './types.js';
import type { Wait } from './wait.js';
import type { Issue } from '../report.js';
import type { Limits, UserPatch } from '../types.js';

/** How many unsent edits of one field can be undone one by one, and how many errors are remembered. */
export const MAX_REMEMBERED = 100;

/** When a request began, in the store's own order of events. */
export interface Begun {
  readonly tick: number;
  readonly revision: number;
  /** The `updated_at` of the user that was confirmed then. */
  readonly known: string;
}
export interface Flight extends Begun {
  readonly writes: readonly Write[];
  /** What goes over the wire; unset until it does. */
  sent?: Fields;
  request?: Request;
  /** It cannot be halved. */
  readonly isWhole: boolean;
}
interface Waiter {
  readonly tick: number;
  readonly resolve: (user: StoreUser) => void;
  readonly reject: (error: PalmError) => void;
}

/** Something that a person did, as other tabs and the next page are told of it. */
export type Operation =
  | { readonly do: 'edit'; readonly id: string; readonly at: number; readonly patch: UserPatch; readonly idle: readonly FieldPath[]; readonly dueAt?: number }
  | { readonly do: 'undo'; readonly id: string; readonly as: string }
  | { readonly do: 'discard'; readonly id: string }
  | { readonly do: 'resolve'; readonly path: FieldPath; readonly choice: 'mine' | 'theirs' }
  | { readonly do: 'flush' | 'pause' | 'resume' };

/** What the store tells of itself, and asks, where it is not alone. */
export interface Shared {
  /** Whether this tab may send and read now. If not, it is asked for, and the store goes on when it may. */
  mayAct(): boolean;
  /** Nothing is left to send or to read. */
  rest(): void;
  note(operation: Operation): void;
  /** A user came from elsewhere. */
  given(user: StoreUser): void;
  changed(): void;
  /** Stores what has changed now, not at the end of the turn. */
  save(): void;
  clear(): Promise<void>;
  close(): void;
}

export type Core = ReturnType<typeof createCore>;

export function createCore(options: UserStoreOptions<StoreUser>, isPaused: boolean, wait: Wait) {
  const { userId, user, send, read, limits, metadata, onFailure, retry, staleAfterMs = 300_000, timeoutMs = 120_000, onError } = options;
  return {
    userId,
    send,
    read,
    limits,
    limited: limits === undefined ? undefined : ({ limits } as { limits?: Limits }),
    /** The rules of metadata, where they are declared. */
    metadata,
    onFailure,
    retry,
    staleAfterMs,
    timeoutMs,
    onError,
    history: new History(),
    listeners: new Listeners(),
    wait,
    /** As the store was made. */
    initial: user,
    confirmed: user,
    /** When the confirmed user was last known to be what the server has. */
    knownAt: Date.now(),
    queue: [] as Write[],
    /** What the server stored, where the confirmed user may be older than that. */
    unseen: new Map() as Fields,
    /** Fields whose old edits wait, and what they are in conflict with. */
    conflicts: new Map<FieldPath, { readonly base: Value; readonly theirs: Value }>(),
    /** Writes of which one was refused. */
    guilty: [] as readonly Write[],
    /** Values of edits that were dropped, and that may be stored all the same. */
    strays: new Map<FieldPath, Value[]>(),
    /** Why the last edit of a field was dropped. */
    errors: new Map<FieldPath, PalmError>(),
    flight: undefined as Flight | undefined,
    reading: undefined as Request | undefined,
    /** A halt by a failure ends with what had failed; one that was asked for ends when asked. */
    halt: (isPaused ? 'asked' : undefined) as 'asked' | 'failed' | undefined,
    /** Whether a failure's halt ends by itself. */
    goesOn: false,
    /** A read that the store needs has failed, and waits. */
    isReadHeld: false,
    /** The wait after a failure is over, and nothing was tried yet. */
    isWaitOver: false,
    /** What waits to be sent is so old that a read must come first. */
    isReadDue: false,
    told: undefined as string | undefined,
    /** Counts events. */
    tick: 0,
    /** Counts changes of the confirmed user that came from outside. */
    revision: 0,
    /** The last event since which the confirmed user is in doubt; 0: none. */
    doubt: 0,
    lastWrite: 0,
    /** The server's clock was seen to go back. */
    isClockBack: false,
    waiters: [] as Waiter[],
    flushing: [] as (() => void)[],
    /** The page is going, and may never come back. */
    isLeaving: false,
    /** Ends the watch over the page's being hidden. */
    unwatch: undefined as (() => void) | undefined,
    isPumpDue: false,
    isClosed: false,
    shown: user,
    issues: [] as readonly Issue[],
    snapshot: undefined as Snapshot<StoreUser> | undefined,
    serverSnapshot: undefined as Snapshot<StoreUser> | undefined,
    fieldStates: new Map<FieldPath, FieldState>(),
    idPrefix: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}-`,
    ids: 0,
    /** Edits that somebody may hold, where other tabs may say what becomes of them. */
    known: new Map<string, Edit>(),
    /** Nothing is told or sent: many things happen at once. */
    isQuiet: false,
    /** The ID that the next edit is to have. */
    wantedId: undefined as string | undefined,
    /** The doubt that is this tab's alone: of what no edit writes, another tab knows more. 0: none. */
    behind: 0,
    /** Somebody else may have sent what is in the queue: a read must come first. */
    isTakenOver: false,
    /** What joins the store with storage and with other tabs. */
    shared: undefined as Shared | undefined,
  };
}
