// A list of addresses or numbers in, groups of equal ones out; nothing leaves the page.

import type { FingerprintKind } from 'palm-user';
import { useId, useState, type DragEvent, type ReactNode } from 'react';

import { count } from '../words';
import { MAX_SHOWN, type Problem } from './messages';
import { Results } from './results';
import { useFinder, type Finder } from './use-finder';

const SAMPLE = `name,email
Ada,ada@example.com
Grace,Grace@Example.com
Ada again, ADA@example.com
Linus,linus@example.com
Nobody,not an address
Grace again,grace@example.com
`;

export function DuplicateFinder(): ReactNode {
  const { finder, read, choose, stop } = useFinder();
  const [text, setText] = useState('');
  const [isOver, setIsOver] = useState(false);
  const hint = useId();
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    const dropped = event.dataTransfer.getData('text');
    if (file !== undefined) read(file);
    else if (dropped !== '') paste(dropped);
  };
  const paste = (pasted: string): void => {
    setText(pasted);
    if (pasted.trim() === '') stop();
    else read(pasted);
  };
  return (
    <div className="duplicates">
      <div
        className={isOver ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <label className="file">
          <span>A CSV file of e-mail addresses or phone numbers</span>
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file !== undefined) read(file);
              // So that the same file can be chosen again.
              event.target.value = '';
            }}
          />
        </label>
        <label>
          <span>or paste a list</span>
          <textarea
            rows={5}
            spellCheck={false}
            autoComplete="off"
            value={text}
            aria-describedby={hint}
            onChange={(event) => paste(event.target.value)}
          />
        </label>
        <p id={hint}>
          Fingerprints are made in this page, in a worker. Its policy lets it connect to nothing but the sandbox, and
          it does not do that either.
        </p>
        <div className="actions">
          <button type="button" onClick={() => paste(SAMPLE)}>
            Try a sample
          </button>
          {finder.status !== 'empty' && (
            <button
              type="button"
              onClick={() => {
                setText('');
                stop();
              }}
            >
              {finder.status === 'done' ? 'Clear' : 'Stop'}
            </button>
          )}
        </div>
      </div>
      <div className="outcome">
        <Progress finder={finder} />
        {finder.table !== undefined && finder.choice !== undefined && (
          <div className="choices">
            <label>
              <span>Column</span>
              <select
                value={finder.choice.column}
                onChange={(event) => finder.choice && choose({ ...finder.choice, column: Number(event.target.value) })}
              >
                {finder.table.columns.map((name, column) => (
                  <option key={column} value={column}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <label>
              <span>Compared as</span>
              <select
                value={finder.choice.kind}
                onChange={(event) =>
                  finder.choice && choose({ ...finder.choice, kind: event.target.value as FingerprintKind })
                }
              >
                <option value="email">e-mail addresses</option>
                <option value="phone">phone numbers</option>
                <option value="exact">exactly as written</option>
              </select>
            </label>
          </div>
        )}
        {finder.table !== undefined && (
          <Problems
            title="Malformed lines, read as well as could be"
            problems={finder.table.problems}
            total={finder.table.problemCount}
          />
        )}
        {finder.found !== undefined && <Results found={finder.found} />}
        {finder.found !== undefined && (
          <Problems title="Values left out" problems={finder.found.problems} total={finder.found.problemCount} />
        )}
      </div>
    </div>
  );
}

function Progress({ finder: { status, message, table, done } }: { finder: Finder }): ReactNode {
  if (status === 'failed') return <p role="alert">{message}</p>;
  if (status === 'reading') return <p role="status">Reading the list…</p>;
  if (status !== 'finding') return null;
  const total = table?.rows ?? 0;
  return (
    <label className="progress">
      <span role="status">
        {count(done)} of {count(total)} rows
      </span>
      <progress value={done} max={Math.max(total, 1)} />
    </label>
  );
}

function Problems({ title, problems, total }: { title: string; problems: readonly Problem[]; total: number }): ReactNode {
  if (total === 0) return null;
  return (
    <details open={total <= 5}>
      <summary>
        {title}: {count(total)}
      </summary>
      <ul>
        {problems.map(({ row, message }, index) => (
          <li key={index}>
            Row {count(row)}: {message}
          </li>
        ))}
        {total > MAX_SHOWN && <li>and {count(total - MAX_SHOWN)} more</li>}
      </ul>
    </details>
  );
}
