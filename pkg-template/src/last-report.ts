// Whoever types into a form has the same to be told at each key: a report that says
// what the last one said is not made again.

import { bytes, values } from '#glue';

import { shared } from './core.js';
import type { Report } from './types.js';

// Of plain.rs: there is something to say of a member.
const NOTED = 128;

const nothing = Object.freeze([]);
/** The report of most patches. */
export const valid: Report = Object.freeze({ valid: true, errors: nothing, warnings: nothing });

// What the core's report depends on, for a patch of which it has said so: the keys
// and bytes of the members that are noted, and the byte of the display_name.
let noted: unknown[] = [];
let name = 0;
export let lastReport: Report | undefined;
let isAwaited = false;

/** Whether {@link lastReport} says what there is to say of the members from `first` on. */
export function isLast(first: number, count: number, nameByte: number): boolean {
  let at = 0;
  let isSame = name === nameByte;
  for (let index = 0; index < count; index++) {
    const byte = bytes[shared + index] as number;
    if (byte < NOTED) continue;
    const key = values[first + 2 * index];
    isSame &&= noted[at] === key && noted[at + 1] === byte;
    noted[at++] = key;
    noted[at++] = byte;
  }
  isSame &&= noted.length === at;
  noted.length = at;
  name = nameByte;
  if (!isSame) lastReport = undefined;
  // One that came twice may come again.
  isAwaited = isSame && lastReport === undefined;
  return lastReport !== undefined;
}

/** Keeps the core's report, if it was asked for after {@link isLast}. */
export function keepReport(made: Report): void {
  if (!isAwaited) return;
  isAwaited = false;
  for (const issue of [...made.errors, ...made.warnings]) {
    Object.freeze(issue.path);
    Object.freeze(issue.params);
    Object.freeze(issue);
  }
  Object.freeze(made.errors);
  Object.freeze(made.warnings);
  lastReport = Object.freeze(made);
}
