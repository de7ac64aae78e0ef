// A list of addresses or numbers in, groups of equal ones out; nothing leaves the page.

import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

import { count } from '../words';
import { Choices } from './choices';
import { Results } from './results';
import { useFinder, type Finder } from './use-finder';

const SAMPLE = `name,email,mobile
Ada,ada@example.com,0151 23456789
Grace,Grace@Example.com,+1 555 010 0199
Ada again, ADA@example.com,+49 151 23456789
Linus,linus@example.com,
Nobody,not an address,12
Grace again,grace@example.com,001-555-010-0199
`;

export function DuplicateFinder(): ReactNode {
  const calls = useFinder();
  const { finder, read, choose, stop, clear } = calls;
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const isBusy = finder.status === 'reading' || finder.status === 'finding';

  const paste = (pasted: string): void => {
    setText(pasted);
    if (pasted.trim() === '') clear();
    else read(pasted);
  };
  const readFile = (file: File): void => {
    // The text is of an older list.
    setText('');
    read(file);
  };
  useDropAnywhere((file, dropped) => {
    if (file !== undefined) readFile(file);
    else if (dropped !== '') paste(dropped);
    document.getElementById('duplicates')?.scrollIntoView();
  });

  return (
    <div className="duplicates">
      <div className="drop">
        <div className="file-row">
          <label className="file">
            <span className="button">Choose a CSV file</span>
            <input
              ref={input}
              type="file"
              accept=".csv,.tsv,.txt,text/csv,text/plain"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (file !== undefined) readFile(file);
                // So that the same file can be chosen again.
                event.target.value = '';
              }}
            />
          </label>
          <button type="button" onClick={() => paste(SAMPLE)}>
            Try a sample
          </button>
          {finder.status !== 'empty' && (
            <button
              type="button"
              onClick={() => {
                if (isBusy) return stop();
                setText('');
                clear();
              }}
            >
              {isBusy ? 'Cancel' : 'Clear'}
            </button>
          )}
        </div>
        <p className="quiet">Or drop a file anywhere on this page.</p>
        <label>
          <span>Or paste a list</span>
          <textarea
            rows={7}
            spellCheck={false}
            autoComplete="off"
            value={text}
            aria-describedby={hint}
            onChange={(event) => paste(event.target.value)}
          />
        </label>
        <p id={hint} className="quiet">
          E-mail addresses and phone numbers, in any number of columns. A million rows are no trouble.
        </p>
      </div>
      <div className="outcome">
        <Progress finder={finder} />
        {finder.table !== undefined && finder.choice !== undefined && (
          <Choices columns={finder.table.columns} choice={finder.choice} choose={choose} />
        )}
        <Results {...calls} />
      </div>
    </div>
  );
}

function Progress({ finder: { status, name, message, done, total } }: { finder: Finder }): ReactNode {
  if (status === 'empty') return <p className="quiet">The groups will be here.</p>;
  if (status === 'failed') return <p role="alert">{message}</p>;
  if (status === 'stopped') return <p role="status">Cancelled. Nothing of {name} is kept.</p>;
  if (status === 'done') return <p className="quiet">From {name}.</p>;
  const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
  return (
    <label className="progress">
      <span>
        {status === 'reading' ? `Reading ${name}` : `Comparing ${count(done)} of ${count(total)} values`}: {percent} %
      </span>
      <progress value={done} max={Math.max(total, 1)} />
    </label>
  );
}

/** Takes a file or a text that is dropped on the page, wherever that is. */
function useDropAnywhere(take: (file: File | undefined, text: string) => void): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const mark = (isOver: boolean): void => void document.body.classList.toggle('over', isOver);
    const over = (event: DragEvent): void => {
      event.preventDefault();
      mark(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) mark(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      mark(false);
      latest.current(event.dataTransfer?.files[0], event.dataTransfer?.getData('text') ?? '');
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
}
