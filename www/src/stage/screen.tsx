// One of the two screens: a user to edit, what the server has of each field, and whether it is true.

import type { Json, User, UserPatch } from 'palm-user';
import { memo, useCallback, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';

import { count } from '../words';
import { Field, useAttempt } from './field';
import { Stored, storedState, type StoredState } from './stored';
import { fieldsOf, type Evidence, type Verdict } from './verdict';

export interface ScreenProps {
  readonly side: 'usual' | 'palm';
  readonly title: string;
  readonly how: string;
  readonly user: User;
  readonly evidence: Evidence;
  readonly isPending: (name: string) => boolean;
  readonly verdict: Verdict;
  readonly pressed: string;
  readonly edit: (patch: UserPatch) => void;
  readonly actions?: ReactNode;
}

const MAX_KEYS = 50;
const LANGUAGES = ['en', 'de', 'fr', 'pl'];
const OWN = ['language', 'newsletter'];

export function Screen({ side, title, how, user, evidence, isPending, verdict, pressed, edit, actions }: ScreenProps): ReactNode {
  const rows = useRef<HTMLDivElement>(null);
  const id = useId();
  const shown = fieldsOf(user);
  const stateOf = (name: string): StoredState =>
    evidence.stored === undefined
      ? { state: 'same', value: undefined }
      : storedState(shown.get(name), evidence.stored.get(name), isPending(name), evidence.isFresh);
  const set = (name: string, value: Json): void => edit({ metadata: { [name]: value } });
  const remove = useCallback(
    (name: string): void => {
      const inputs = (): HTMLElement[] => [...(rows.current?.querySelectorAll<HTMLElement>('.row .control input, .add summary') ?? [])];
      const index = inputs().findIndex((input) => input.closest<HTMLElement>('[data-row]')?.dataset['row'] === name);
      edit({ metadata: { [name]: null } });
      // The row is gone: the focus goes to what took its place.
      requestAnimationFrame(() => inputs()[index]?.focus());
    },
    [edit],
  );
  const others = Object.keys(user.metadata).filter((name) => !OWN.includes(name));
  const gone = [...(evidence.stored?.keys() ?? [])].filter((name) => !shown.has(name) && name !== 'display_name' && !OWN.includes(name));
  return (
    <article className={`screen ${side}`} data-tone={verdict.tone} aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        <code>{how}</code>
      </header>
      <div className="rows" ref={rows}>
        <Language value={user.metadata['language']} stored={stateOf('language')} pressed={pressed} choose={(to) => set('language', to)} />
        <Newsletter value={user.metadata['newsletter']} stored={stateOf('newsletter')} pressed={pressed} choose={(to) => set('newsletter', to)} />
        <Field label="display_name" value={user.display_name ?? ''} stored={stateOf('display_name')} commit={(text) => edit({ display_name: text })} />
        {others.map((name) => {
          const { state, value } = stateOf(name);
          return <Text key={name} name={name} value={user.metadata[name] ?? null} state={state} stored={value} edit={edit} remove={remove} />;
        })}
        {gone.map((name) => (
          <p className="row gone" key={name} data-state={stateOf(name).state}>
            <del>{name}</del> <Stored id={`${id}-${name}`} stored={stateOf(name)} />
          </p>
        ))}
        <AddKey edit={edit} keys={Object.keys(user.metadata).length} />
      </div>
      <div className="verdict" data-tone={verdict.tone}>
        <p>
          <b>{verdict.title}</b> <span>{verdict.detail}</span>
        </p>
        {actions}
      </div>
    </article>
  );
}

interface TextProps {
  readonly name: string;
  readonly value: Json;
  readonly state: StoredState['state'];
  readonly stored: Json | undefined;
  readonly edit: (patch: UserPatch) => void;
  readonly remove: (name: string) => void;
}

/** Drawn again only when something of it changes: there may be fifty. */
const Text = memo(function Text({ name, value, state, stored, edit, remove }: TextProps): ReactNode {
  return (
    <Field
      label={name}
      value={textOf(value)}
      stored={{ state, value: stored }}
      commit={(text) => edit({ metadata: { [name]: text } })}
      remove={() => remove(name)}
    />
  );
});

interface ChoiceProps {
  readonly value: Json | undefined;
  readonly stored: StoredState;
  readonly pressed: string;
  readonly choose: (value: string) => void;
}

function Language({ value, stored, pressed, choose }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <fieldset className="row" data-row="language" data-state={stored.state} aria-describedby={id}>
      <legend>language</legend>
      <div className="chips">
        {LANGUAGES.map((language) => (
          <label key={language} data-pressed={pressed === `language=${language}`}>
            <input type="radio" name={id} value={language} checked={value === language} onChange={() => choose(language)} />
            <span>{language}</span>
          </label>
        ))}
      </div>
      <Stored id={id} stored={stored} />
    </fieldset>
  );
}

function Newsletter({ value, stored, pressed, choose }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className="row" data-row="newsletter" data-state={stored.state}>
      <label className="switch" data-pressed={pressed.startsWith('newsletter=')}>
        <span>newsletter</span>
        <input
          type="checkbox"
          role="switch"
          checked={value === 'yes'}
          onChange={(event) => choose(event.target.checked ? 'yes' : 'no')}
          aria-describedby={id}
        />
      </label>
      <Stored id={id} stored={stored} />
    </div>
  );
}

function AddKey({ edit, keys }: { edit: (patch: UserPatch) => void; keys: number }): ReactNode {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [message, attempt, clear] = useAttempt();
  const id = useId();
  const add = (event: FormEvent): void => {
    event.preventDefault();
    // A computed key defines: `__proto__` is a key like any other.
    if (!attempt(() => edit({ metadata: { [key]: value } }))) return;
    setKey('');
    setValue('');
  };
  return (
    <details className="add">
      <summary>
        Add a key <span className="count">{`${count(keys)} of ${MAX_KEYS}`}</span>
      </summary>
      <form onSubmit={add} aria-label="Add a key">
        <input
          aria-label="New key"
          placeholder="key"
          required
          spellCheck={false}
          autoComplete="off"
          value={key}
          onChange={(event) => {
            setKey(event.target.value);
            clear();
          }}
          aria-describedby={id}
          aria-invalid={message !== ''}
        />
        <input aria-label="New value" placeholder="value" autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} />
        <button type="submit">Add</button>
        <p role="alert" id={id} className="message">
          {message}
        </p>
      </form>
    </details>
  );
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
