// Whoever types into a form has the same to be told at each key: a report that says
// what the last one said is not made again.

import type { Report } from './types.js';

const nothing = Object.freeze([]);
/** The report of most patches. */
export const valid: Report = Object.freeze({ valid: true, errors: nothing, warnings: nothing });

// What the report depends on, of the last patch of which the core said so: the keys
// and bytes of its notes in turns, and the byte of the display_name.
const noted: unknown[] = [];
let name = 0;
let lastReport: Report | undefined;

// Of the notes that are being taken: which, how many, whether as before, and the report of those.
let ticket = 0;
let at = 0;
let isSame = false;
let kept: Report | undefined;

/** The report of the notes came twice, and may come again. */
let isAwaited = false;

/** Begins to take notes. A getter may have the package take others meanwhile: those are told by the number. */
export function begin(): number {
  // If a getter throws, these notes stay half taken.
  kept = lastReport;
  lastReport = undefined;
  at = 0;
  isSame = true;
  return ++ticket;
}

export function note(key: string, byte: number): void {
  isSame &&= noted[at] === key && noted[at + 1] === byte;
  noted[at] = key;
  noted[at + 1] = byte;
  at += 2;
}

/** The report of the notes that were taken since {@link begin}, if they are as before. */
export function reportOfNotes(begun: number, nameByte: number): Report | undefined {
  lastReport = undefined;
  if (begun !== ticket) return undefined;
  isSame &&= noted.length === at && name === nameByte;
  noted.length = at;
  name = nameByte;
  if (isSame) lastReport = kept;
  isAwaited = isSame && lastReport === undefined;
  return lastReport;
}

/** Whether the report that is made now should be kept. Asked once: the next patch may take no notes. */
export function isToBeKept(): boolean {
  const was = isAwaited;
  isAwaited = false;
  return was;
}

/** Keeps the report of the notes that were taken last. */
export function keepReport(made: Report): void {
  for (const issue of [...made.errors, ...made.warnings]) {
    Object.freeze(issue.path);
    Object.freeze(issue.params);
    Object.freeze(issue);
  }
  Object.freeze(made.errors);
  Object.freeze(made.warnings);
  lastReport = Object.freeze(made);
}
