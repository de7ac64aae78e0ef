// The left screen: the optimistic update that tutorials teach, with `fetch` and nothing else.
// It shows the edit at once, takes the server's answer, and rolls back when there is none.

import type { User, UserPatch } from 'palm-user';

import { observable, type Observable } from '../observable';
import type { Fetch } from './network';

export interface UsualState {
  readonly user: User;
  /** Requests under way. */
  readonly saving: number;
  readonly message: string;
}

export interface Usual {
  readonly state: Observable<UsualState>;
  readonly edit: (patch: UserPatch) => Promise<'stored' | 'rolled back'>;
  readonly refresh: () => Promise<void>;
}

export function createUsual(initial: User, url: string, headers: Record<string, string>, fetch: Fetch): Usual {
  const state = observable<UsualState>({ user: initial, saving: 0, message: '' });
  const setState = (change: Partial<UsualState>): void => state.set({ ...state.get(), ...change });

  async function edit(patch: UserPatch): Promise<'stored' | 'rolled back'> {
    const before = state.get().user;
    setState({ user: merge(before, patch), saving: state.get().saving + 1, message: '' });
    try {
      const answer = await fetch(url, {
        method: 'PATCH',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(patch),
      });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      setState({ user: (await answer.json()) as User });
      return 'stored';
    } catch {
      setState({ user: before, message: 'Could not save.' });
      return 'rolled back';
    } finally {
      setState({ saving: state.get().saving - 1 });
    }
  }

  async function refresh(): Promise<void> {
    const answer = await fetch(url, { headers });
    if (answer.ok) setState({ user: (await answer.json()) as User });
  }

  return { state, edit, refresh };
}

function merge(user: User, { metadata, ...rest }: UserPatch): User {
  const merged = Object.entries({ ...user.metadata, ...metadata }).filter(([, value]) => value !== null);
  return { ...user, ...rest, metadata: Object.fromEntries(merged) };
}
