// One value to edit: taken on Enter or on leaving it; what is refused stays in the field.

import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

import { reasonOf } from './describe';

interface Props {
  readonly label: string;
  readonly value: string;
  /** The server has not confirmed it yet. */
  readonly isPending: boolean;
  readonly commit: (text: string) => void;
  readonly remove?: () => void;
}

export function Field({ label, value, isPending, commit, remove }: Props): ReactNode {
  // While it is being edited, what is typed; otherwise what the store shows.
  const [draft, setDraft] = useState<string>();
  const [message, attempt, clear] = useAttempt();
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const isChanged = draft !== undefined && draft !== value;
  const leave = (): void => {
    if (!isChanged || attempt(() => commit(draft))) setDraft(undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') leave();
    if (event.key === 'Escape') {
      setDraft(undefined);
      clear();
    }
  };
  return (
    <div className={isPending ? 'field pending' : 'field'}>
      <label htmlFor={id}>
        {label}
        {isPending && <span className="hidden"> (not confirmed yet)</span>}
      </label>
      <input
        id={id}
        ref={input}
        value={draft ?? value}
        onChange={(event) => {
          setDraft(event.target.value);
          clear();
        }}
        onKeyDown={onKeyDown}
        onBlur={leave}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={message !== ''}
        aria-describedby={message === '' ? undefined : `${id}-message`}
      />
      {remove && (
        <button type="button" className="icon" aria-label={`Remove ${label}`} onClick={remove}>
          ×
        </button>
      )}
      {message !== '' && (
        <p role="alert" className="message" id={`${id}-message`}>
          {message}
        </p>
      )}
    </div>
  );
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
