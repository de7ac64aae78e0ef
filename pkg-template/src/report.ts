// What validation found.

import type { IssueCode, MessageParams, Severity } from './generated.js';

/** The parameters of an issue: the numbers and stable names in its message. */
export type ParamsOf<C extends IssueCode> = C extends MessageCode
  ? { [N in keyof MessageParams]: N extends C | `${C}.${string}` ? MessageParams[N] : never }[keyof MessageParams]
  : Readonly<Record<string, string | number>>;

type MessageCode = { [N in keyof MessageParams]: N extends `${infer C}.${string}` ? C : N }[keyof MessageParams];

/** An issue of one code. */
export interface IssueOf<C extends IssueCode> {
  readonly code: C;
  /** An error stops the patch, a warning does not. */
  readonly severity: Severity;
  /** Keys from the patch down: `['metadata', 'notes']`. */
  readonly path: readonly string[];
  /** The same as a JSON Pointer (RFC 6901): `/metadata/notes`. */
  readonly pointer: string;
  /** English; never contains a value. */
  readonly message: string;
  /**
   * The numbers and names of the message, for other languages: `{limit: 50, actual: 51}`.
   * `reason` distinguishes messages of one code. Absent if there are none.
   */
  readonly params?: ParamsOf<C>;
}

/** What is wrong with one place of a patch, or worth knowing about it. Its `code` narrows the type of `params`. */
export type Issue = { [C in IssueCode]: IssueOf<C> }[IssueCode];

/** What validation found. */
export interface Report {
  /** Whether there are no errors. */
  readonly valid: boolean;
  /** At most 100. */
  readonly errors: readonly Issue[];
  /** At most 100. */
  readonly warnings: readonly Issue[];
  /** Set when there were more than are listed. */
  readonly truncated?: true;
}
