// The worker and what it has said so far.

import { useEffect, useReducer, useRef } from 'react';

import url from './finder.worker?worker&url';
import type { Choice, Found, Request, Response } from './messages';

export interface Finder {
  readonly status: 'empty' | 'reading' | 'finding' | 'done' | 'failed';
  readonly message: string;
  readonly table?: Extract<Response, { type: 'table' }>;
  readonly choice?: Choice;
  readonly done: number;
  readonly found?: Found;
}

type Action = Response | { readonly type: 'reading' } | { readonly type: 'finding'; readonly choice: Choice } | { readonly type: 'stopped' };

const EMPTY: Finder = { status: 'empty', message: '', done: 0 };

function reduce(finder: Finder, action: Action): Finder {
  switch (action.type) {
    case 'reading':
      return { ...EMPTY, status: 'reading' };
    case 'stopped':
      return EMPTY;
    case 'table':
      return { ...EMPTY, status: 'finding', table: action, choice: action.guess };
    case 'finding': {
      const { found: _, ...rest } = finder;
      return { ...rest, status: 'finding', choice: action.choice, done: 0 };
    }
    case 'progress':
      return { ...finder, done: action.done };
    case 'found':
      return { ...finder, status: 'done', found: action.found };
    case 'failed':
      return { ...finder, status: 'failed', message: action.message };
  }
}

export function useFinder(): {
  readonly finder: Finder;
  readonly read: (source: File | string) => void;
  readonly choose: (choice: Choice) => void;
  readonly stop: () => void;
} {
  const [finder, dispatch] = useReducer(reduce, EMPTY);
  const worker = useRef<Worker>(undefined);

  const send = (request: Request): void => {
    worker.current ??= start(dispatch);
    worker.current.postMessage(request);
  };
  const stop = (): void => {
    worker.current?.terminate();
    worker.current = undefined;
    dispatch({ type: 'stopped' });
  };
  useEffect(() => () => worker.current?.terminate(), []);

  return {
    finder,
    read: (source) => {
      // Whatever it was doing is of an older list.
      worker.current?.terminate();
      worker.current = undefined;
      dispatch({ type: 'reading' });
      send({ type: 'read', source });
    },
    choose: (choice) => {
      dispatch({ type: 'finding', choice });
      send({ type: 'find', choice });
    },
    stop,
  };
}

// The page's policy (public/_headers) wants Trusted Types: no text but this one becomes a script.
const workerUrl = globalThis.trustedTypes?.createPolicy('worker', { createScriptURL: () => url }).createScriptURL('') ?? url;

function start(dispatch: (action: Action) => void): Worker {
  const worker = new Worker(workerUrl as string, { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Response>) => {
    dispatch(data);
    // The guess is tried at once; another choice can follow.
    if (data.type === 'table') worker.postMessage({ type: 'find', choice: data.guess } satisfies Request);
  };
  worker.onerror = () => dispatch({ type: 'failed', message: 'The list could not be worked on. Reload the page.' });
  return worker;
}
