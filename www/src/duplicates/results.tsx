// The groups of equal values.

import type { ReactNode } from 'react';

import { count, shorten } from '../words';
import { MAX_SHOWN, type Found } from './messages';

export function Results({ found }: { found: Found }): ReactNode {
  const { groups, groupCount, repeated, checked, milliseconds } = found;
  return (
    <div className="groups">
      <p role="status" data-testid="found">
        {count(repeated)} of {count(checked)} values repeat another one, in {count(groupCount)} groups. It took{' '}
        {count(Math.max(Math.round(milliseconds), 1))} ms.
      </p>
      <ul>
        {groups.map(({ fingerprint, members }) => (
          <li key={fingerprint}>
            <code title={fingerprint}>{fingerprint.slice(0, 12)}…</code>
            <ul>
              {members.map(({ row, value }) => (
                <li key={row}>
                  row {count(row)}: {shorten(value)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {groupCount > MAX_SHOWN && <p>The {MAX_SHOWN} largest groups are shown.</p>}
    </div>
  );
}
