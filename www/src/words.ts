// Words for what the page shows.

import { isPalmError, type Json, type PalmError, type UserPatch } from 'palm-user';

const MAX_LENGTH = 60;

/** A patch in a line: `language = de, notes removed`. */
export function describe(patch: UserPatch): string {
  const parts = Object.entries(patch.metadata ?? {}).map(([key, value]) =>
    value === null ? `${shorten(key)} removed` : `${shorten(key)} = ${shorten(textOf(value))}`,
  );
  if (patch.display_name !== undefined) parts.unshift(`name = ${shorten(patch.display_name)}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function shorten(text: string, length: number = MAX_LENGTH): string {
  return text.length <= length ? text : `${text.slice(0, length).trimEnd()}… (${count(text.length)} characters)`;
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

/** `1 group`, `2 groups`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Why an edit was not taken, for the person who made it. */
export function reasonOf(error: unknown): string {
  if (!isPalmError(error)) return 'Something went wrong in this page.';
  const [issue] = error.issues ?? [];
  if (issue !== undefined) return issue.message;
  const detail = error.problem?.detail;
  return detail === undefined ? error.message : `The server answered ${error.status}. ${detail}`;
}

/** What the server can have done, in words. */
export const OUTCOMES: Readonly<Record<PalmError['outcome'], string>> = {
  not_sent: 'It was not sent.',
  rejected: 'Nothing was stored.',
  unknown: 'It may have been stored.',
  applied: 'It was stored, most likely.',
};
