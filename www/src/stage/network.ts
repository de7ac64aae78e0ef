// The network between the two screens and their server: as slow and as faulty as one likes.

import { observable, type Observable } from '../observable';
import type { Recorder, Side } from './recorder';

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export const FAULTS = [
  { value: '', label: 'succeed' },
  { value: 'drop=after', label: 'be stored, and lose its answer' },
  { value: 'drop=before', label: 'get lost before it is stored' },
  { value: 'status=400', label: 'be refused: 400' },
  { value: 'status=429; retry-after=3', label: 'be told to wait: 429' },
  { value: 'status=500', label: 'fail: 500' },
  { value: 'status=404', label: 'find no such user: 404' },
  { value: 'body=html', label: 'get a sign-in page for an answer' },
] as const;

/** What the person at the page has chosen. */
export interface Settings {
  readonly latencyMs: number;
  /** A fault of the sandbox, for the next write of each screen; it strikes once. */
  readonly fault: string;
  readonly isOffline: boolean;
  readonly isSignedOut: boolean;
}

export const CALM: Settings = { latencyMs: 800, fault: '', isOffline: false, isSignedOut: false };

/** What one request of a scenario meets. */
export interface Condition {
  readonly latencyMs: number;
  readonly fault?: string;
  /** A write of the same screen that is sent while this one is on its way overtakes it, however slow the device. */
  readonly isOvertaken?: boolean;
}

export interface Plan {
  /** By the order of the requests of a screen; those after the last meet `latencyMs` alone. */
  readonly writes?: readonly Condition[];
  readonly reads?: readonly Condition[];
  readonly latencyMs: number;
}

export interface Network {
  readonly settings: Observable<Settings>;
  readonly change: (change: Partial<Settings>) => void;
  /** A scenario's plan, which comes before the settings; none ends it. */
  readonly plan: (plan?: Plan) => void;
  /** What another tab of the same user has planned or changed. */
  readonly adopt: (settings: Settings, plan?: Plan) => void;
  /** The plan that holds now. */
  readonly planned: () => Plan | undefined;
  /** Called after each change of the plan. */
  onPlan?: () => void;
  /** Ends every wait at once. */
  readonly hurry: () => void;
  /** The way of one screen to the server. `isQuiet` leaves the request out of the timeline. */
  readonly line: (side: Side, server: Fetch, isQuiet?: () => boolean, shared?: Pick<Recorder, 'begin'>) => Fetch;
}

export function createNetwork(initial: Settings, recorder: Recorder): Network {
  const settings = observable(initial);
  let planned: Plan | undefined;
  const counts: Record<string, number> = {};
  /** The writes of each screen that are under way, oldest first. */
  const writing: Record<Side, Promise<unknown>[]> = { usual: [], palm: [] };
  const armed: Record<Side, string> = { usual: initial.fault, palm: initial.fault };
  let hurrying = new AbortController();

  function conditionOf(side: Side, isWrite: boolean): Condition {
    const { latencyMs, isSignedOut } = settings.get();
    const name = `${side} ${isWrite ? 'writes' : 'reads'}`;
    const index = (counts[name] ??= 0);
    counts[name] = index + 1;
    const found: Condition = planned?.[isWrite ? 'writes' : 'reads']?.[index] ?? { latencyMs: planned?.latencyMs ?? latencyMs };
    if (isSignedOut) return { ...found, fault: 'status=401' };
    if (planned !== undefined || !isWrite || armed[side] === '') return found;
    const fault = armed[side];
    armed[side] = '';
    // It has struck both screens.
    if (armed.usual === '' && armed.palm === '') settings.set({ ...settings.get(), fault: '' });
    return { ...found, fault };
  }

  /** Waits as long as half a round trip takes. */
  function wait(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
    const { signal: hurry } = hurrying;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return void reject(signal.reason);
      const done = (settle: () => void) => (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        hurry.removeEventListener('abort', over);
        settle();
      };
      const over = done(resolve);
      const aborted = done(() => reject(signal?.reason));
      const timer = setTimeout(over, ms);
      signal?.addEventListener('abort', aborted);
      hurry.addEventListener('abort', over);
    });
  }

  function setPlan(plan?: Plan): void {
    planned = plan;
    for (const name of Object.keys(counts)) counts[name] = 0;
  }

  const network: Network = {
    settings,
    planned: () => planned,
    adopt: (next, plan) => {
      if (next.fault !== settings.get().fault) armed.usual = armed.palm = next.fault;
      settings.set(next);
      setPlan(plan);
    },
    change: (change) => {
      const next = { ...settings.get(), ...change };
      if (change.fault !== undefined) armed.usual = armed.palm = change.fault;
      const isBack = settings.get().isOffline && !next.isOffline;
      settings.set(next);
      // What a browser does when the device is online again; both screens may listen.
      if (isBack) dispatchEvent(new Event('online'));
    },
    plan: (plan) => {
      setPlan(plan);
      network.onPlan?.();
    },
    hurry: () => {
      hurrying.abort();
      hurrying = new AbortController();
    },
    line: (side, server, isQuiet = () => false, shared = recorder) => {
      const isWriteOf = (init: RequestInit): boolean => (init.method ?? 'GET') !== 'GET';
      const send = async (input: string, init: RequestInit, overtaking: () => Promise<unknown>[]): Promise<Response> => {
        const isWrite = isWriteOf(init);
        const label = isWrite ? `PATCH ${fieldsOf(init.body).join(', ')}` : 'GET';
        const end = isQuiet() ? () => undefined : shared.begin(side, 'requests', label);
        const headers = new Headers(init.headers);
        try {
          if (settings.get().isOffline) {
            await wait(30, init.signal);
            throw new TypeError('offline');
          }
          const { latencyMs, fault, isOvertaken } = conditionOf(side, isWrite);
          await wait(latencyMs / 2, init.signal);
          if (isOvertaken) await Promise.all(overtaking());
          if (fault === 'drop=before') throw new TypeError('lost on the way');
          // A lost answer is lost here, on the way back: the server has stored the edit all the same.
          const isDropped = fault === 'drop=after';
          if (fault !== undefined && !isDropped) headers.set('sandbox-fault', fault);
          const answer = await server(input, { ...init, headers });
          const body = await answer.arrayBuffer();
          await wait(latencyMs / 2, init.signal);
          if (isDropped) throw new TypeError('lost on the way');
          end(answer.ok ? 'good' : 'bad', `${label} · ${answer.status}`);
          return new Response(body, { status: answer.status, headers: answer.headers });
        } catch (error) {
          const why = settings.get().isOffline ? 'offline' : init.signal?.aborted ? 'given up' : 'no answer';
          end('lost', `${label} · ${why}`);
          throw error;
        }
      };
      return (input, init = {}) => {
        const overtaking = (): Promise<unknown>[] => writing[side].slice(writing[side].indexOf(ended) + 1);
        const answer = send(input, init, overtaking);
        const ended = answer.then(
          () => undefined,
          () => undefined,
        );
        if (!isWriteOf(init)) return answer;
        writing[side].push(ended);
        void ended.then(() => writing[side].splice(writing[side].indexOf(ended), 1));
        return answer;
      };
    },
  };
  return network;
}

/** The names of what a patch changes. */
function fieldsOf(body: unknown): string[] {
  const { metadata = {}, ...rest } = JSON.parse(String(body)) as { metadata?: object };
  const names = [...Object.keys(metadata), ...Object.keys(rest)];
  return names.length <= 3 ? names : [`${names.length} fields`];
}
