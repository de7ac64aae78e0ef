// What the page and its worker say to one another.

import type { FingerprintKind } from 'palm-user';

export interface Choice {
  readonly column: number;
  readonly kind: FingerprintKind;
}

/** To the worker. */
export type Request =
  | { readonly type: 'read'; readonly source: File | string }
  | { readonly type: 'find'; readonly choice: Choice };

/** A row of the list; rows are counted from 1, empty ones left out. */
export interface Problem {
  readonly row: number;
  readonly message: string;
}

export interface Group {
  readonly fingerprint: string;
  readonly members: readonly { readonly row: number; readonly value: string }[];
}

export interface Found {
  /** The largest first, at most `MAX_SHOWN` of them. */
  readonly groups: readonly Group[];
  readonly groupCount: number;
  /** Rows that repeat an earlier one. */
  readonly repeated: number;
  readonly checked: number;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  readonly milliseconds: number;
}

/** From the worker. */
export type Response =
  | {
      readonly type: 'table';
      readonly columns: readonly string[];
      readonly rows: number;
      readonly guess: Choice;
      /** What is wrong with the text as CSV. */
      readonly problems: readonly Problem[];
      readonly problemCount: number;
    }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'found'; readonly found: Found }
  | { readonly type: 'failed'; readonly message: string };

/** Groups, and problems, that are shown. */
export const MAX_SHOWN = 50;
