// Two patches and a user, as JSON: what the rules say of them, as one types.

import { useDeferredValue, useId, useMemo, useState, type ReactNode } from 'react';

import { keep, recall, storage } from '../storage';
import { useSettled } from '../settled';
import { counted } from '../words';
import { examine, type Outcome } from './examine';

const USER = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { external_id: 'user_123_in_my_system', language: 'en', signup_source: 'mobile_app' },
  status: 'active',
  verification: null,
  display_name: 'John Doe',
};
const FIRST = { metadata: { language: 'de', signup_source: null, visits: 3 } };
const SECOND = { metadata: { language: null, notes: 'called back' } };

export function Playground(): ReactNode {
  const [user, setUser] = useDraft('user', USER);
  const [first, setFirst] = useDraft('first', FIRST);
  const [second, setSecond] = useDraft('second', SECOND);
  // Typing stays ahead of the examination, however long the text.
  const texts = useDeferredValue(useMemo(() => ({ user, first, second }), [user, first, second]));
  const outcome = useMemo(() => examine(texts), [texts]);
  return (
    <div className="playground">
      <div className="sources">
        <Source label="User" rows={9} text={user} onInput={setUser} outcome={outcome.user} />
        <Source label="Patch" rows={7} text={first} onInput={setFirst} outcome={outcome.first} />
        <Source label="Then a second patch" rows={6} text={second} onInput={setSecond} outcome={outcome.second} />
      </div>
      <p className="hidden" role="status">
        {useSettled(summaryOf(outcome))}
      </p>
      <div className="results">
        {outcome.results.map(({ title, code, text }) => (
          <figure key={title}>
            <figcaption>
              {title} <code>{code}</code>
            </figcaption>
            <pre tabIndex={0} aria-label={title}>
              {text}
            </pre>
          </figure>
        ))}
      </div>
    </div>
  );
}

interface SourceProps {
  readonly label: string;
  readonly rows: number;
  readonly text: string;
  readonly onInput: (text: string) => void;
  readonly outcome: Outcome['user'];
}

function Source({ label, rows, text, onInput, outcome }: SourceProps): ReactNode {
  const { message, issues } = outcome;
  const id = useId();
  return (
    <div className="source">
      <label htmlFor={id}>
        <span>{label}</span>
      </label>
      <textarea
        id={id}
        rows={rows}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onInput(event.target.value)}
        aria-invalid={message !== '' || issues.some(({ severity }) => severity === 'error')}
      />
      {message !== '' && <p className="message">{message}</p>}
      <ul className="issues" aria-label={`Issues: ${label}`}>
        {issues.map((issue, index) => (
          <li key={index} className={issue.severity}>
            <code>{issue.pointer === '' ? '(the whole patch)' : issue.pointer}</code> <b>{issue.code}</b> {issue.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One sentence for those who cannot see the results; the JSON itself is theirs to read. */
function summaryOf({ user, first, second }: Outcome): string {
  const texts = [user, first, second];
  const unread = texts.filter(({ message }) => message !== '').length;
  const issues = texts.reduce((sum, text) => sum + text.issues.length, 0);
  return unread > 0 ? `${counted(unread, 'text is', 'texts are')} not JSON yet.` : `${counted(issues, 'issue')}. Results updated.`;
}

/** A text that survives a reload, where it is not too long for that. */
function useDraft(name: string, initial: unknown): [text: string, set: (text: string) => void] {
  const key = `palm-user:playground:${name}`;
  const [text, setText] = useState(() => recall(storage('tab'), key) ?? JSON.stringify(initial, null, 2));
  return [
    text,
    (next) => {
      setText(next);
      keep(storage('tab'), key, next);
    },
  ];
}
