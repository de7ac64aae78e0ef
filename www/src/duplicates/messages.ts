// What the page and its worker say to one another.

import type { FingerprintKind } from 'palm-user';

export interface ColumnChoice {
  readonly column: number;
  readonly kind: FingerprintKind;
}

export interface Choice {
  /** At least one. Columns of one kind are compared with each other too. */
  readonly columns: readonly ColumnChoice[];
  /** Of phone numbers that do not say their country; a code of `countries.ts`, or empty. */
  readonly country: string;
}

export type Listed = 'groups' | 'problems';

/** To the worker. */
export type Request =
  | { readonly type: 'read'; readonly source: File | string }
  | { readonly type: 'find'; readonly choice: Choice }
  | { readonly type: 'show'; readonly what: Listed; readonly from: number }
  | { readonly type: 'download'; readonly what: Listed };

/** Rows are counted from 1, empty ones left out. */
export interface Cell {
  readonly row: number;
  readonly column: string;
  readonly value: string;
}

export interface Problem extends Cell {
  readonly message: string;
}

export interface Group {
  readonly fingerprint: string;
  readonly size: number;
  /** The first `PAGE` of them. */
  readonly members: readonly Cell[];
}

export interface Found {
  readonly groupCount: number;
  /** Values that repeat an earlier one. */
  readonly repeated: number;
  readonly checked: number;
  readonly problemCount: number;
  readonly milliseconds: number;
}

/** From the worker. */
export type Response =
  | { readonly type: 'table'; readonly columns: readonly string[]; readonly rows: number; readonly guess: Choice }
  | { readonly type: 'progress'; readonly stage: 'reading' | 'finding'; readonly done: number; readonly total: number }
  | { readonly type: 'found'; readonly found: Found }
  | { readonly type: 'groups'; readonly from: number; readonly groups: readonly Group[] }
  | { readonly type: 'problems'; readonly from: number; readonly problems: readonly Problem[] }
  | { readonly type: 'file'; readonly name: string; readonly blob: Blob }
  | { readonly type: 'failed'; readonly message: string };

/** Groups, problems and members of a group that are shown at a time. */
export const PAGE = 25;
