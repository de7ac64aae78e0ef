// The groups of equal values, and the values that were left out: a page of each at a time.

import type { ReactNode } from 'react';

import { count, counted, shorten } from '../words';
import { PAGE, type Cell, type Listed } from './messages';
import type { FinderCalls } from './use-finder';

export function Results({ finder: { found, groups, problems }, show, download }: FinderCalls): ReactNode {
  if (found === undefined) return null;
  const { groupCount, repeated, checked, problemCount, milliseconds } = found;
  return (
    <div className="groups">
      <p role="status" data-testid="found">
        {checked === 0
          ? 'There are no values to compare in these columns.'
          : repeated === 0
            ? `No duplicates among ${counted(checked, 'value')}.`
            : `${count(repeated)} of ${counted(checked, 'value')} ${repeated === 1 ? 'repeats an earlier one' : 'repeat earlier ones'}, in ${counted(groupCount, 'group')}.`}{' '}
        It took {count(Math.max(Math.round(milliseconds), 1))} ms.
      </p>
      {groupCount > 0 && (
        <>
          <Pages what="groups" from={groups?.from ?? 0} total={groupCount} show={show} download={download} />
          <ol data-testid="groups">
            {groups?.list.map(({ fingerprint, size, members }) => (
              <li key={fingerprint}>
                <code title={fingerprint}>{fingerprint.slice(0, 12)}…</code>
                <ul>
                  {members.map((cell, index) => (
                    <li key={index}>{textOf(cell)}</li>
                  ))}
                  {size > members.length && <li>and {count(size - members.length)} more, in the download</li>}
                </ul>
              </li>
            ))}
          </ol>
        </>
      )}
      {problemCount > 0 && (
        <details open={problemCount <= 5}>
          <summary>Left out: {counted(problemCount, 'problem')}</summary>
          <Pages what="problems" from={problems?.from ?? 0} total={problemCount} show={show} download={download} />
          <ul className="problems" data-testid="problems">
            {problems?.list.map(({ message, ...cell }, index) => (
              <li key={index}>
                {textOf(cell)}: {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function textOf({ row, column, value }: Cell): string {
  return [`Row ${count(row)}`, column, value === '' ? '' : `“${shorten(value)}”`].filter((part) => part !== '').join(', ');
}

interface PagesProps {
  readonly what: Listed;
  readonly from: number;
  readonly total: number;
  readonly show: FinderCalls['show'];
  readonly download: FinderCalls['download'];
}

function Pages({ what, from, total, show, download }: PagesProps): ReactNode {
  const last = Math.floor((total - 1) / PAGE) * PAGE;
  const to = (next: number): void => show(what, Math.min(Math.max(next, 0), last));
  return (
    <div className="pages" role="group" aria-label={`Pages of ${what}`}>
      <span role="status">
        {count(from + 1)}–{count(Math.min(from + PAGE, total))} of {count(total)}
      </span>
      {total > PAGE && (
        <>
          {/* Never disabled, so that the focus stays where it is. */}
          <button type="button" aria-disabled={from === 0} onClick={() => to(from - PAGE)}>
            Previous<span className="hidden"> {what}</span>
          </button>
          <button type="button" aria-disabled={from >= last} onClick={() => to(from + PAGE)}>
            Next<span className="hidden"> {what}</span>
          </button>
        </>
      )}
      <button type="button" onClick={() => download(what)}>
        Download all {what}
      </button>
    </div>
  );
}
