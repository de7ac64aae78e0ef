// What happened on both screens, as lanes on one axis of time.

import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import { useObservable } from '../observable';
import { counted } from '../words';
import type { Lane, Recorder, Side, Span } from './recorder';

const LANES: readonly { readonly side: Side; readonly lane: Lane; readonly name: string }[] = [
  { side: 'usual', lane: 'edits', name: 'edits' },
  { side: 'usual', lane: 'requests', name: 'requests' },
  { side: 'palm', lane: 'edits', name: 'edits' },
  { side: 'palm', lane: 'requests', name: 'requests' },
  { side: 'palm', lane: 'waits', name: 'waits' },
];
const NAMES: Readonly<Record<Side, string>> = { usual: 'setState + fetch', palm: 'palm-user' };

/** More than this of the past is not drawn. */
const MOST_SECONDS = 120;
/** Rows of one lane; what does not fit in them shares the last. */
const MAX_ROWS = 6;
const LETTER_PX = 6.6;
const ROW_PX = 24;

export function Timeline({ recorder }: { recorder: Recorder }): ReactNode {
  const spans = useObservable(recorder.spans);
  const isRunning = useObservable(recorder.clock.isRunning);
  useTick(isRunning);
  const isNarrow = useMedia('(max-width: 46rem)');
  const perSecond = isNarrow ? 52 : 84;
  const now = recorder.clock.now() / 1000;
  const start = Math.max(0, now - MOST_SECONDS);
  const drawn = spans.filter(({ to }) => to === undefined || to / 1000 > start);
  const seconds = Math.max(now - start + 2, isNarrow ? 6 : 14);
  const lanes = LANES.map((lane) => ({ ...lane, placed: place(drawn, lane.side, lane.lane, now, perSecond) }));
  const scroller = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (isRunning && element !== null) element.scrollLeft = element.scrollWidth;
    // Not at each tick, which would lay the page out each time.
  }, [isRunning, spans.length, Math.floor(now)]);
  const x = (at: number): string => `${((at / 1000 - start) * perSecond).toFixed(1)}px`;
  const ticks = Array.from({ length: Math.ceil(seconds) }, (_, index) => Math.floor(start) + index).filter((tick) => tick >= start);
  return (
    <div className="timeline">
      <div className="lane-names" aria-hidden="true">
        {lanes.map(({ side, lane, name, placed }) => (
          <p key={side + lane} className={side} style={{ height: `${rowsOf(placed) * ROW_PX + 8}px` }}>
            {lane === 'edits' && <b>{NAMES[side]}</b>}
            <span>{name}</span>
          </p>
        ))}
      </div>
      <div className="scroller" ref={scroller} tabIndex={0} role="group" aria-label={summaryOf(drawn)}>
        <div className="chart" style={{ width: `${(seconds * perSecond).toFixed(0)}px` }} data-testid="chart">
          {ticks.map((tick) => (
            <i key={tick} className="tick" style={{ left: x(tick * 1000) }}>
              <span>{tick} s</span>
            </i>
          ))}
          {lanes.map(({ side, lane, placed }) => (
              <div key={side + lane} className={`lane ${side} ${lane}`} data-lane={`${side} ${lane}`} style={{ height: `${rowsOf(placed) * ROW_PX + 8}px` }}>
                {placed.map(({ span, row, isCrowded }) => (
                  <span
                    key={span.id}
                    className="span"
                    data-ending={span.ending}
                    title={`${span.label}: ${(((span.to ?? now * 1000) - span.from) / 1000).toFixed(1)} s`}
                    style={{ left: x(span.from), top: `${row * ROW_PX + 4}px`, width: `${(((span.to ?? now * 1000) - span.from) / 1000) * perSecond}px` }}
                  >
                    {!isCrowded && <span>{span.label}</span>}
                  </span>
                ))}
              </div>
          ))}
        </div>
      </div>
    </div>
  );
}

interface Placed {
  readonly span: Span;
  readonly row: number;
  /** There was no free row: its label would lie over another. */
  readonly isCrowded: boolean;
}

/** Gives each span the first row whose last label has ended. */
function place(spans: readonly Span[], side: Side, lane: Lane, now: number, perSecond: number): Placed[] {
  const ends: number[] = [];
  return spans
    .filter((span) => span.side === side && span.lane === lane)
    .map((span) => {
      const from = (span.from / 1000) * perSecond;
      const to = Math.max(((span.to ?? now * 1000) / 1000) * perSecond, from + Math.min(span.label.length, 34) * LETTER_PX + 14);
      const free = ends.findIndex((end) => end <= from);
      const row = free >= 0 ? free : Math.min(ends.length, MAX_ROWS - 1);
      const isTaken = free < 0 && row < ends.length;
      ends[row] = Math.max(to, ends[row] ?? 0);
      return { span, row, isCrowded: isTaken };
    });
}

function rowsOf(placed: readonly Placed[]): number {
  return placed.reduce((most, { row }) => Math.max(most, row + 1), 1);
}

function summaryOf(spans: readonly Span[]): string {
  const parts = (['usual', 'palm'] as const).map((side) => {
    const of = (lane: Lane): number => spans.filter((span) => span.side === side && span.lane === lane).length;
    return `${NAMES[side]}: ${counted(of('edits'), 'edit')}, ${counted(of('requests'), 'request')}`;
  });
  return `Timeline. ${parts.join('; ')}. The list of edits has each of them in words.`;
}

/** Renders again ten times a second while something moves. */
function useTick(isRunning: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => tick((count) => count + 1), 100);
    return () => clearInterval(timer);
  }, [isRunning]);
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = (): void => setMatches(list.matches);
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  }, [query]);
  return matches;
}
