// What happened when, for the timeline: edits, requests and waits, each with a beginning and an end.

import { observable, type Observable } from '../observable';
import { createClock, type Clock } from './clock';

export type Side = 'usual' | 'palm';
export type Lane = 'edits' | 'requests' | 'waits';
/** How a span ended, or that it has not. */
export type Ending = 'open' | 'good' | 'bad' | 'lost';

export interface Span {
  readonly id: number;
  readonly side: Side;
  readonly lane: Lane;
  readonly label: string;
  /** By the clock, in milliseconds. */
  readonly from: number;
  readonly to?: number;
  readonly ending: Ending;
}

export interface Recorder {
  readonly clock: Clock;
  /** Oldest first. */
  readonly spans: Observable<readonly Span[]>;
  /** Opens a span, and gives the function that ends it; calls after the first do nothing. */
  readonly begin: (side: Side, lane: Lane, label: string) => (ending: Exclude<Ending, 'open'>, label?: string) => void;
}

/** Ended spans beyond this are forgotten, the oldest first. Open ones never are. */
const MAX_ENDED = 400;

export function createRecorder(): Recorder {
  const clock = createClock();
  const spans = observable<readonly Span[]>([]);
  let ids = 0;
  return {
    clock,
    spans,
    begin: (side, lane, label) => {
      const release = clock.hold();
      const id = (ids += 1);
      let left = spans.get().filter(({ to }) => to !== undefined).length - MAX_ENDED;
      const kept = spans.get().filter(({ to }) => to === undefined || (left -= 1) < 0);
      spans.set([...kept, { id, side, lane, label, from: clock.now(), ending: 'open' }]);
      let isOpen = true;
      return (ending, endLabel) => {
        if (!isOpen) return;
        isOpen = false;
        const ended = (span: Span): Span => ({ ...span, ending, to: clock.now(), label: endLabel ?? span.label });
        spans.set(spans.get().map((span) => (span.id === id ? ended(span) : span)));
        release();
      };
    },
  };
}
