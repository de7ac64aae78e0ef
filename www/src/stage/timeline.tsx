// What happened on both screens, as lanes on one axis of time.

import { memo, useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

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
/** Where there is room for a word. */
const SHORT_NAMES: Readonly<Record<Side, string>> = { usual: 'usual', palm: 'palm-user' };

/** The chart shows this much of the past. */
const MOST_SECONDS = 120;
/** The left edge moves in steps, so that most bars stay where they are. */
const STEP_SECONDS = 10;
/** Rows of one lane; what does not fit in them shares the last. */
const MAX_ROWS = 6;
const LETTER_PX = 6.6;
const ROW_PX = 24;
const LABEL_MARGIN_PX = 10;
/** A bar longer than its label may be keeps the label in sight. Stickiness costs time at every frame. */
const LONG_PX = 240;

/** Drawn on a clock of its own and not at each click: a click must stay fast. */
export function Timeline({ recorder }: { recorder: Recorder }): ReactNode {
  const isRunning = useObservable(recorder.clock.isRunning);
  const scroller = useRef<HTMLDivElement>(null);
  useTick(isRunning, useIsSeen(scroller) ? 100 : 1_000);
  const spans = recorder.spans.get();
  const isNarrow = useMedia('(max-width: 46rem)');
  const perSecond = isNarrow ? 52 : 84;
  const now = recorder.clock.now() / 1000;
  const start = Math.max(0, Math.ceil((now - MOST_SECONDS) / STEP_SECONDS) * STEP_SECONDS);
  const drawn = spans.filter(({ to }) => to === undefined || to / 1000 > start);
  const seconds = Math.max(now - start + 2, isNarrow ? 6 : 14);
  const lanes = LANES.map((lane) => ({ ...lane, placed: place(drawn, lane.side, lane.lane, now, perSecond) }));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (isRunning && element !== null) element.scrollLeft = element.scrollWidth;
    // Not at each tick, which would lay the page out each time.
  }, [isRunning, spans.length, Math.floor(now)]);
  const ticks = Array.from({ length: Math.ceil(seconds) }, (_, index) => start + index);
  return (
    <div className="timeline">
      <div className="lane-names" aria-hidden="true">
        {lanes.map(({ side, lane, name, placed }) => (
          <p key={side + lane} className={side} style={{ height: `${rowsOf(placed) * ROW_PX + 8}px` }}>
            {lane === 'edits' && <b>{(isNarrow ? SHORT_NAMES : NAMES)[side]}</b>}
            <span>{name}</span>
          </p>
        ))}
      </div>
      <div className="scroller" ref={scroller} tabIndex={0} role="group" aria-label={summaryOf(drawn)}>
        <div className="chart" style={{ width: `${(seconds * perSecond).toFixed(0)}px` }} data-testid="chart">
          {ticks.map((tick) => (
            <i key={tick} className="tick" style={{ left: `${(tick - start) * perSecond}px` }}>
              <span>{tick} s</span>
            </i>
          ))}
          {lanes.map(({ side, lane, placed }) => (
            <div key={side + lane} className={`lane ${side} ${lane}`} data-lane={`${side} ${lane}`} style={{ height: `${rowsOf(placed) * ROW_PX + 8}px` }}>
              {placed.map(({ span, row, isCrowded, room }) => {
                const seconds = (span.to ?? now * 1000) / 1000 - span.from / 1000;
                return (
                  <Bar
                    key={span.id}
                    label={span.label}
                    ending={span.ending}
                    seconds={seconds}
                    left={(span.from / 1000 - start) * perSecond}
                    top={row * ROW_PX + 4}
                    width={seconds * perSecond}
                    isCrowded={isCrowded}
                    room={room}
                  />
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

interface BarProps {
  readonly label: string;
  readonly ending: Span['ending'];
  readonly seconds: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly isCrowded: boolean;
  readonly room: number | undefined;
}

/** A bar that has ended is drawn once. */
const Bar = memo(function Bar({ label, ending, seconds, left, top, width, isCrowded, room }: BarProps): ReactNode {
  return (
    <span
      className="span"
      data-ending={ending}
      data-long={width > LONG_PX || undefined}
      title={`${label}: ${seconds.toFixed(1)} s`}
      style={{ left: `${left.toFixed(1)}px`, top: `${top}px`, width: `${width.toFixed(1)}px` }}
    >
      {!isCrowded && <span style={room === undefined ? undefined : { maxWidth: `${room.toFixed(0)}px` }}>{label}</span>}
    </span>
  );
});

interface Placed {
  readonly span: Span;
  readonly row: number;
  /** There was no free row: its label would lie over another. */
  readonly isCrowded: boolean;
  /** Room for the label, where a crowded bar follows. */
  room?: number;
}

/** Gives each span the first row whose last label has ended. */
function place(spans: readonly Span[], side: Side, lane: Lane, now: number, perSecond: number): Placed[] {
  const ends: number[] = [];
  const last: Placed[] = [];
  return spans
    .filter((span) => span.side === side && span.lane === lane)
    .map((span) => {
      const from = (span.from / 1000) * perSecond;
      const to = Math.max(((span.to ?? now * 1000) / 1000) * perSecond, from + Math.min(span.label.length, 34) * LETTER_PX + 20);
      const free = ends.findIndex((end) => end <= from);
      const row = free >= 0 ? free : Math.min(ends.length, MAX_ROWS - 1);
      const isTaken = free < 0 && row < ends.length;
      ends[row] = Math.max(to, ends[row] ?? 0);
      const before = last[row];
      if (isTaken && before !== undefined) before.room = Math.max(from - (before.span.from / 1000) * perSecond - LABEL_MARGIN_PX, 0);
      return (last[row] = { span, row, isCrowded: isTaken });
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

/** Renders again and again while something moves, and once more when it has stopped. */
function useTick(isRunning: boolean, everyMs: number): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => tick((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [isRunning, everyMs]);
}

/** Whether any of it is on the screen now. */
function useIsSeen(element: RefObject<Element | null>): boolean {
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => setIsSeen(entries.at(-1)?.isIntersecting === true));
    if (element.current !== null) observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
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
