// The worker and what it has said so far.

import { useEffect, useReducer, useRef } from 'react';

import { startWorker } from '../worker';
import type { Choice, Found, Group, Listed, Problem, Request, Response } from './messages';

export interface Finder {
  readonly status: 'empty' | 'reading' | 'finding' | 'done' | 'failed' | 'stopped';
  /** What the list is, in words: a file's name, or a pasted list. */
  readonly name: string;
  readonly message: string;
  readonly table?: Extract<Response, { type: 'table' }>;
  readonly choice?: Choice;
  readonly done: number;
  readonly total: number;
  readonly found?: Found;
  readonly groups?: { readonly from: number; readonly list: readonly Group[] };
  readonly problems?: { readonly from: number; readonly list: readonly Problem[] };
}

type Action =
  | Response
  | { readonly type: 'reading'; readonly name: string }
  | { readonly type: 'choosing'; readonly choice: Choice }
  | { readonly type: 'stopped' }
  | { readonly type: 'cleared' };

const EMPTY: Finder = { status: 'empty', name: '', message: '', done: 0, total: 0 };

function reduce(finder: Finder, action: Action): Finder {
  switch (action.type) {
    case 'reading':
      return { ...EMPTY, status: 'reading', name: action.name };
    case 'cleared':
      return EMPTY;
    case 'stopped':
      return { ...EMPTY, status: 'stopped', name: finder.name };
    case 'table':
      return { ...EMPTY, name: finder.name, status: 'finding', table: action, choice: action.guess };
    case 'choosing': {
      const { found: _, groups: __, problems: ___, ...rest } = finder;
      return { ...rest, status: 'finding', choice: action.choice, done: 0 };
    }
    case 'progress':
      return { ...finder, done: action.done, total: action.total };
    case 'found':
      return { ...finder, status: 'done', found: action.found };
    case 'groups':
      return { ...finder, groups: { from: action.from, list: action.groups } };
    case 'problems':
      return { ...finder, problems: { from: action.from, list: action.problems } };
    case 'failed':
      return { ...finder, status: 'failed', message: action.message };
    case 'file':
      return finder;
  }
}

export interface FinderCalls {
  readonly finder: Finder;
  readonly read: (source: File | string) => void;
  readonly choose: (choice: Choice) => void;
  readonly show: (what: Listed, from: number) => void;
  readonly download: (what: Listed) => void;
  /** Ends what is under way. */
  readonly stop: () => void;
  readonly clear: () => void;
}

export function useFinder(): FinderCalls {
  const [finder, dispatch] = useReducer(reduce, EMPTY);
  const worker = useRef<Worker>(undefined);

  const send = (request: Request): void => {
    worker.current ??= start(dispatch);
    worker.current.postMessage(request);
  };
  const end = (): void => {
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => end, []);

  return {
    finder,
    read: (source) => {
      // Whatever it was doing is of an older list.
      end();
      dispatch({ type: 'reading', name: typeof source === 'string' ? 'the pasted list' : source.name });
      send({ type: 'read', source });
    },
    choose: (choice) => {
      dispatch({ type: 'choosing', choice });
      send({ type: 'find', choice });
    },
    show: (what, from) => send({ type: 'show', what, from }),
    download: (what) => send({ type: 'download', what }),
    stop: () => {
      end();
      dispatch({ type: 'stopped' });
    },
    clear: () => {
      end();
      dispatch({ type: 'cleared' });
    },
  };
}

function start(dispatch: (action: Action) => void): Worker {
  const onMessage = (data: Response): void => {
    dispatch(data);
    // The guess is tried at once; another choice can follow.
    if (data.type === 'table') worker.postMessage({ type: 'find', choice: data.guess } satisfies Request);
    if (data.type === 'found') {
      for (const what of ['groups', 'problems'] as const) worker.postMessage({ type: 'show', what, from: 0 } satisfies Request);
    }
    if (data.type === 'file') save(data.name, data.blob);
  };
  const worker = startWorker('finder', onMessage, () => dispatch({ type: 'failed', message: 'The list could not be worked on. Reload the page.' }));
  return worker;
}

function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
