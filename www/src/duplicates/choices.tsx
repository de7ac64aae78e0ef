// Which columns are compared, and as what.

import type { FingerprintKind } from 'palm-user';
import type { ReactNode } from 'react';

import { COUNTRIES } from './countries';
import type { Choice } from './messages';

interface Props {
  readonly columns: readonly string[];
  readonly choice: Choice;
  readonly choose: (choice: Choice) => void;
}

export function Choices({ columns, choice, choose }: Props): ReactNode {
  const set = (column: number, kind: FingerprintKind | undefined): void => {
    const others = choice.columns.filter((one) => one.column !== column);
    const next = kind === undefined ? others : [...others, { column, kind }].toSorted((a, b) => a.column - b.column);
    // One column must be left.
    if (next.length > 0) choose({ ...choice, columns: next });
  };
  return (
    <fieldset className="choices">
      <legend>Compare</legend>
      {columns.map((name, column) => {
        const kind = choice.columns.find((one) => one.column === column)?.kind;
        return (
          <div className="column" key={column}>
            <label className="check">
              <input
                type="checkbox"
                checked={kind !== undefined}
                onChange={(event) => set(column, event.target.checked ? 'email' : undefined)}
              />
              {name}
            </label>
            {kind !== undefined && (
              <select aria-label={`Compare ${name} as`} value={kind} onChange={(event) => set(column, event.target.value as FingerprintKind)}>
                <option value="email">e-mail addresses</option>
                <option value="phone">phone numbers</option>
                <option value="exact">exactly as written</option>
              </select>
            )}
          </div>
        );
      })}
      {choice.columns.some(({ kind }) => kind === 'phone') && (
        <label>
          <span>Numbers without a country are from</span>
          <select value={choice.country} onChange={(event) => choose({ ...choice, country: event.target.value })}>
            <option value="">nowhere: leave them out</option>
            {COUNTRIES.map(({ code, name, calling }) => (
              <option key={code} value={code}>
                {name} (+{calling})
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  );
}
