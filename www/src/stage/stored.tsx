// Below each value: what the server has of it.

import type { Json } from 'palm-user';
import type { ReactNode } from 'react';

import { shorten, textOf } from '../words';
import { isSame } from './verdict';

export interface StoredState {
  /** `unknown`: the server has not been asked since the screen changed. */
  readonly state: 'same' | 'pending' | 'wrong' | 'unknown';
  readonly value: Json | undefined;
}

export function storedState(shown: Json | undefined, stored: Json | undefined, isPending: boolean, isFresh: boolean): StoredState {
  if (isSame(shown, stored)) return { state: 'same', value: stored };
  return { state: isPending ? 'pending' : isFresh ? 'wrong' : 'unknown', value: stored };
}

export function Stored({ id, stored: { state, value } }: { id: string; stored: StoredState }): ReactNode {
  const text = value === undefined || value === null ? 'nothing' : shorten(textOf(value), 20);
  return (
    <span className="stored" id={id}>
      <i aria-hidden="true" />
      {state === 'same' ? 'stored' : `server: ${text}`}
    </span>
  );
}
