// One text to edit: taken on Enter or on leaving it; what is refused stays in the field.

import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';

import { reasonOf, shorten } from '../words';
import { Stored, type StoredState } from './stored';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly stored: StoredState;
  readonly commit: (text: string) => void;
  readonly remove?: () => void;
}

/** A longer text can be removed, and not edited in place. */
const MAX_EDITABLE = 5_000;

export function Field({ label, value, stored, commit, remove }: Props): ReactNode {
  // While it is being edited, what is typed; otherwise what the screen shows.
  const [draft, setDraft] = useState<string>();
  const [message, attempt, clear] = useAttempt();
  const id = useId();
  // A browser takes seconds to lay out megabytes in one line.
  const isLong = value.length > MAX_EDITABLE;
  const leave = (): void => {
    if (draft === undefined || draft === value || attempt(() => commit(draft))) setDraft(undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') leave();
    if (event.key === 'Escape') {
      setDraft(undefined);
      clear();
    }
  };
  return (
    <div className="row" data-row={label} data-state={stored.state}>
      <label htmlFor={id}>
        <Broken text={label} />
      </label>
      <span className="control">
        <input
          id={id}
          value={draft ?? (isLong ? shorten(value) : value)}
          readOnly={isLong && draft === undefined}
          onChange={(event) => {
            setDraft(event.target.value);
            clear();
          }}
          onKeyDown={onKeyDown}
          onBlur={leave}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={message !== ''}
          aria-describedby={`${id}-stored ${id}-message`}
        />
        {remove && (
          <button type="button" className="icon" aria-label={`Remove ${label}`} onClick={remove}>
            <span aria-hidden="true">×</span>
          </button>
        )}
      </span>
      <Stored id={`${id}-stored`} stored={stored} />
      <p role="alert" className="message" id={`${id}-message`}>
        {message}
      </p>
    </div>
  );
}

/** A long name breaks behind its punctuation and not within a word. */
export function Broken({ text }: { text: string }): ReactNode {
  const parts = text.split(/(?<=[_.:/-])/);
  return parts.flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));
}

/** Runs what may throw a `PalmError`; gives whether it did not, and keeps why it did. */
export function useAttempt(): [message: string, attempt: (run: () => void) => boolean, clear: () => void] {
  const [message, setMessage] = useState('');
  const attempt = (run: () => void): boolean => {
    try {
      run();
      setMessage('');
      return true;
    } catch (error) {
      setMessage(reasonOf(error));
      return false;
    }
  };
  return [message, attempt, () => setMessage('')];
}
