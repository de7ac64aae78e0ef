// A benchmark in the reader's own browser. Its worker, and the libraries it compares, are loaded by the button.

import { useEffect, useReducer, useRef, type ReactNode } from 'react';

import { startWorker } from '../worker';
import type { Message, Result, Row } from './messages';

interface State {
  readonly status: 'idle' | 'running' | 'done' | 'stopped' | 'failed';
  readonly share: number;
  readonly results: readonly Result[];
  readonly message: string;
}

const IDLE: State = { status: 'idle', share: 0, results: [], message: '' };

function reduce(state: State, action: Message | { readonly type: 'started' | 'stopped' }): State {
  switch (action.type) {
    case 'started':
      return { ...IDLE, status: 'running' };
    case 'stopped':
      return { ...state, status: 'stopped' };
    case 'progress':
      return { ...state, share: action.share };
    case 'result':
      return { ...state, results: [...state.results, action.result] };
    case 'done':
      return { ...state, status: 'done' };
    case 'failed':
      return { ...state, status: 'failed', message: action.message };
  }
}

const SAID: Readonly<Record<State['status'], string>> = {
  idle: '',
  running: 'Measuring…',
  done: 'Measured.',
  stopped: 'Stopped.',
  failed: '',
};

export function Bench(): ReactNode {
  const [{ status, share, results, message }, dispatch] = useReducer(reduce, IDLE);
  const worker = useRef<Worker>(undefined);
  const end = (): void => {
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => end, []);
  const isRunning = status === 'running';
  const press = (): void => {
    end();
    if (isRunning) return dispatch({ type: 'stopped' });
    dispatch({ type: 'started' });
    worker.current = startWorker<Message>('measuring', dispatch, () => dispatch({ type: 'failed', message: 'The measuring could not be loaded.' }));
  };
  return (
    <div className="bench" data-status={status} data-testid="bench">
      <div className="actions">
        <button type="button" onClick={press}>
          {isRunning ? 'Stop' : results.length > 0 ? 'Measure again' : 'Measure in this browser'}
        </button>
        {isRunning && <progress max={1} value={share} aria-label="Measured so far" />}
        <span role="status">{SAID[status]}</span>
      </div>
      {message !== '' && <p role="alert">{message}</p>}
      <div className="charts">
        {results.map((result) => (
          <Chart key={result.title} {...result} />
        ))}
      </div>
      {results.length > 0 && (
        <p className="quiet">
          Shorter is faster. Each bar is the median of seven rounds in which the candidates took turns, after a warm-up; the fastest and the
          slowest round are in brackets. Every axis begins at zero and is linear. All candidates gave equal results before they were measured.
        </p>
      )}
    </div>
  );
}

function Chart({ title, work, rows }: Result): ReactNode {
  const most = Math.max(...rows.map(({ median }) => median));
  return (
    <figure className="bars">
      <figcaption>{title}</figcaption>
      <table>
        <thead className="hidden">
          <tr>
            <th scope="col">Library</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {rows.toSorted((a, b) => a.median - b.median).map((row) => (
            <tr key={row.name} data-own={row.name === 'palm-user' || undefined}>
              <th scope="row">{row.name}</th>
              <td>
                <span className="bar-of" style={{ width: `${((row.median / most) * 100).toFixed(2)}%` }} aria-hidden="true" />
                <span>{timeOf(row)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">{work}</p>
    </figure>
  );
}

function timeOf({ median, low, high }: Row): string {
  return `${micro(median)} µs (${micro(low)} to ${micro(high)})`;
}

function micro(number: number): string {
  return number.toLocaleString('en', { maximumSignificantDigits: 3 });
}
