// The user as it is shown: every pending edit is in it. All of it can be edited.

import type { Json, Snapshot, UserPatch } from 'palm-user';
import { useId, useState, type FormEvent, type ReactNode } from 'react';

import { count, textOf } from './describe';
import { Field, useAttempt } from './field';

interface Props {
  readonly snapshot: Snapshot;
  readonly edit: (patch: UserPatch) => void;
  readonly tryEdit: (patch: UserPatch) => void;
}

const MAX_KEYS = 50;

export function UserCard({ snapshot: { user, confirmed }, edit, tryEdit }: Props): ReactNode {
  const keys = Object.keys(user.metadata);
  const name = user.display_name ?? '';
  return (
    <article className="card shown" aria-labelledby="shown-title">
      <h3 id="shown-title">
        Shown <span className="chip">edit me</span>
      </h3>
      <Field
        label="display_name"
        value={name}
        isPending={name !== (confirmed.display_name ?? '')}
        commit={(text) => edit({ display_name: text })}
      />
      {keys.map((key) => (
        <Row key={key} name={key} value={user.metadata[key] ?? null} confirmed={confirmed.metadata} edit={edit} />
      ))}
      {Object.keys(confirmed.metadata)
        .filter((key) => !Object.hasOwn(user.metadata, key))
        .map((key) => (
          <p className="gone" key={key}>
            <del>{key}</del> is being removed
          </p>
        ))}
      <AddKey edit={edit} />
      <p className="count">
        {count(keys.length)} of {MAX_KEYS} keys
      </p>
      <div className="actions" role="group" aria-label="Try">
        <button type="button" onClick={() => tryEdit({ metadata: { language: nextLanguage(user.metadata['language']) } })}>
          Next language
        </button>
        <button
          type="button"
          onClick={() => {
            for (const step of ['one', 'two', 'three']) tryEdit({ metadata: { burst: step } });
          }}
        >
          Three edits at once
        </button>
      </div>
    </article>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: Json;
  readonly confirmed: Readonly<Record<string, Json>>;
  readonly edit: (patch: UserPatch) => void;
}

function Row({ name, value, confirmed, edit }: RowProps): ReactNode {
  const text = textOf(value);
  const isPending = !Object.hasOwn(confirmed, name) || textOf(confirmed[name] ?? null) !== text;
  return (
    <Field
      label={name}
      value={text}
      isPending={isPending}
      commit={(next) => edit({ metadata: { [name]: next } })}
      remove={() => edit({ metadata: { [name]: null } })}
    />
  );
}

function AddKey({ edit }: Pick<Props, 'edit'>): ReactNode {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [message, attempt, clear] = useAttempt();
  const messageId = useId();
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const isTaken = attempt(() => {
      // A computed key defines: `__proto__` is a key like any other.
      edit({ metadata: { [key]: value } });
    });
    if (!isTaken) return;
    setKey('');
    setValue('');
  };
  return (
    <form className="add" onSubmit={add} aria-label="Add a key">
      <input
        aria-label="New key"
        placeholder="key"
        required
        value={key}
        onChange={(event) => {
          setKey(event.target.value);
          clear();
        }}
        aria-describedby={messageId}
        aria-invalid={message !== ''}
      />
      <input aria-label="New value" placeholder="value" value={value} onChange={(event) => setValue(event.target.value)} />
      <button type="submit">Add</button>
      <p role="alert" id={messageId} className="message">
        {message}
      </p>
    </form>
  );
}

const LANGUAGES = ['en', 'de', 'fr', 'pl'];

function nextLanguage(language: Json | undefined): string {
  const next = LANGUAGES[LANGUAGES.indexOf(String(language)) + 1];
  return next ?? 'en';
}
