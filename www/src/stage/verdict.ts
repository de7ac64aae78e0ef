// What a screen shows, held against what the server has.

import type { Json, PalmError, Snapshot, User, UserPatch } from 'palm-user';

import { reasonOf, shorten, textOf } from '../words';
import type { UsualState } from './usual';

export interface Verdict {
  readonly tone: 'busy' | 'good' | 'waiting' | 'bad';
  readonly title: string;
  readonly detail: string;
}

/** The writable fields of a user, by name. */
export type Fields = ReadonlyMap<string, Json>;

export function fieldsOf({ metadata, display_name: name }: Pick<User, 'metadata' | 'display_name'>): Fields {
  const fields = new Map<string, Json>(Object.entries(metadata));
  if (name != null) fields.set('display_name', name);
  return fields;
}

/** The fields that a patch writes; null for those it removes. */
export function chosenBy({ metadata = {}, display_name: name }: UserPatch): Map<string, Json> {
  const chosen = new Map<string, Json>(Object.entries(metadata));
  if (name !== undefined) chosen.set('display_name', name);
  return chosen;
}

/** The names of the fields in which two users differ. */
export function differences(one: Fields, other: Fields): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => !isSame(one.get(name), other.get(name)));
}

export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other || typeof one === 'string' || typeof other === 'string') return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
}

export interface Evidence {
  /** What the server had when it was last asked. */
  readonly stored?: Fields;
  /** Nothing has changed on the screen since then. */
  readonly isFresh: boolean;
  /** The last choice of the person for each field, unless the server refused it. */
  readonly chosen: Fields;
}

export function judgeUsual({ user, saving, message }: UsualState, evidence: Evidence): Verdict {
  if (saving > 0) return { tone: 'busy', title: 'Saving…', detail: 'Waiting for the answer.' };
  return judge(fieldsOf(user), evidence, 'Not saved.', message);
}

export function judgePalm(snapshot: Snapshot, evidence: Evidence, now: number, refused?: PalmError): Verdict {
  const { user, pending, paused, retryAt, issues } = snapshot;
  if (issues.length > 0) {
    return { tone: 'waiting', title: 'An edit cannot be sent.', detail: `${issues[0]?.message ?? ''} Remove a key, or undo the edit.` };
  }
  const error = pending.find((edit) => edit.error !== undefined)?.error;
  if (paused && pending.length > 0) {
    const kept = pending.length === 1 ? 'The edit is kept.' : `${pending.length} edits are kept.`;
    return { tone: 'waiting', title: kept, detail: `${whyPaused(error)} ${when(error, retryAt, now)}` };
  }
  if (paused) return { tone: 'waiting', title: 'Paused.', detail: 'Nothing is sent until you resume.' };
  if (pending.length > 0) {
    const isChecking = pending.some(({ error }) => error !== undefined);
    return isChecking
      ? { tone: 'busy', title: 'Checking…', detail: 'Asking the server what it has.' }
      : { tone: 'busy', title: 'Saving…', detail: 'On screen already, and on its way.' };
  }
  return judge(fieldsOf(user), evidence, 'One edit was refused.', refused === undefined ? '' : refusal(refused));
}

function judge(shown: Fields, { stored, isFresh, chosen }: Evidence, told: string, message: string): Verdict {
  if (stored === undefined || !isFresh) return { tone: 'busy', title: 'Checking…', detail: 'Asking the server what it has.' };
  const [wrong] = differences(shown, stored);
  if (wrong !== undefined) {
    const detail = `${message} It shows ${wrong} ${textFor(shown.get(wrong))}. The server has ${textFor(stored.get(wrong))}.`;
    return { tone: 'bad', title: 'This screen is wrong.', detail: detail.trim() };
  }
  const lost = [...chosen].find(([name, value]) => !isSame(shown.get(name) ?? null, value));
  if (lost !== undefined) {
    const [name, value] = lost;
    const detail = `${message} You chose ${name} ${textFor(value)}; it is ${textFor(shown.get(name))}.`;
    return { tone: 'bad', title: 'Your edit is gone.', detail: detail.trim() };
  }
  if (message !== '') return { tone: 'waiting', title: told, detail: message };
  return { tone: 'good', title: 'Matches the server.', detail: 'It shows what the server has.' };
}

function refusal({ status }: PalmError): string {
  return `The server answered ${status ?? 'that it will not have it'}. That edit was taken back, and no other.`;
}

function textFor(value: Json | undefined): string {
  return value === undefined || value === null ? 'nothing' : shorten(textOf(value), 24);
}

function whyPaused(error: PalmError | undefined): string {
  if (error === undefined) return 'You paused it.';
  if (error.status === 401) return 'The session has expired.';
  if (error.status === 429) return 'Too many requests.';
  if (error.outcome === 'unknown') return 'No answer came.';
  return reasonOf(error);
}

function when(error: PalmError | undefined, retryAt: number | undefined, now: number): string {
  if (retryAt !== undefined) return `Trying again in ${Math.max(Math.ceil((retryAt - now) / 1000), 0)} s.`;
  return error?.status === 401 ? 'Sign in to go on.' : 'Resume to go on.';
}
