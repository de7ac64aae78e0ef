// Everything the rules say of a user and two patches. Never throws.

import {
  applyPatch,
  composePatches,
  diffUsers,
  invertPatch,
  isPalmError,
  validatePatch,
  type Issue,
  type User,
  type UserPatch,
} from 'palm-user';

export interface Texts {
  readonly user: string;
  readonly first: string;
  readonly second: string;
}

export interface Source {
  /** Why the text could not be read; empty where it could. */
  readonly message: string;
  readonly issues: readonly Issue[];
}

export interface Outcome {
  readonly user: Source;
  readonly first: Source;
  readonly second: Source;
  readonly results: readonly { readonly title: string; readonly code: string; readonly text: string }[];
}

const MAX_SHOWN = 10_000;

export function examine(texts: Texts): Outcome {
  const user = read(texts.user) as Read<User>;
  const first = read(texts.first) as Read<UserPatch>;
  const second = read(texts.second) as Read<UserPatch>;
  const after = attempt(() => applyPatch(value(user), value(first)));
  const both = attempt(() => applyPatch(value(after), value(second)));
  return {
    user: { message: user.message, issues: [] },
    first: check(first, user),
    second: check(second, after),
    results: [
      { title: 'The user after the patch', code: 'applyPatch(user, patch)', text: show(after) },
      {
        title: 'Undo',
        code: 'invertPatch(patch, user)',
        text: show(attempt(() => invertPatch(value(first), value(user)))),
      },
      {
        title: 'Both patches as one',
        code: 'composePatches(patch, second)',
        text: show(attempt(() => composePatches(value(first), value(second)))),
      },
      {
        title: 'From the user to the end, smallest',
        code: 'diffUsers(user, end)',
        text: show(attempt(() => diffUsers(value(user), value(both)))),
      },
    ],
  };
}

/** A value, or why there is none. */
interface Read<T> {
  readonly value?: T;
  readonly message: string;
}

class Missing extends Error {}

function read(text: string): Read<unknown> {
  try {
    return { value: JSON.parse(text) as unknown, message: '' };
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    return { message: `This is not JSON yet. ${why}` };
  }
}

/** With the user as it is, where that can be read: then the keys are counted after the merge. */
function check(patch: Read<unknown>, current: Read<User>): Source {
  if (patch.value === undefined) return { message: patch.message, issues: [] };
  const isUser = typeof current.value === 'object' && current.value !== null;
  const { errors, warnings } = validatePatch(patch.value, isUser ? { current: current.value } : {});
  return { message: '', issues: [...errors, ...warnings] };
}

function value<T>({ value }: Read<T>): T {
  if (value === undefined) throw new Missing();
  return value;
}

function attempt<T>(run: () => T): Read<T> {
  try {
    return { value: run(), message: '' };
  } catch (error) {
    if (isPalmError(error)) return { message: `${error.code}: ${error.message}` };
    return { message: 'Nothing to show: a text above has an error.' };
  }
}

function show({ value, message }: Read<unknown>): string {
  if (value === undefined) return message;
  const text = JSON.stringify(value, null, 2);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}\n… and ${text.length - MAX_SHOWN} more characters`;
}
