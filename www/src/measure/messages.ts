// What the page and its measuring worker say to each other.

export interface Row {
  readonly name: string;
  /** Microseconds for one piece of work: the median of the rounds, the fastest and the slowest. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface Result {
  readonly title: string;
  /** What each row did, in a sentence. */
  readonly work: string;
  readonly rows: readonly Row[];
}

export type Message =
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };
