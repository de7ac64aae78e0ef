import type { UserStore } from 'palm-user';
import { useField, useUser } from 'palm-user/react';

import { Message } from './message';

interface Props {
  readonly store: UserStore;
  readonly signIn: () => Promise<void>;
  readonly signOut: () => void;
}

export function Profile({ store, signIn, signOut }: Props) {
  const [name, , nameInput] = useField(store, 'display_name', { debounceMs: 300 });
  const [language, , languageInput] = useField(store, 'metadata.language');
  const [notes, , notesInput] = useField(store, 'metadata.notes', { debounceMs: 300 });
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <h1>Hello, {name.value}</h1>
      <label>
        Name <input id="name" {...nameInput} aria-describedby="name-message" />
      </label>
      <Message id="name-message" field={name} />
      <label>
        Language{' '}
        <select id="language" {...languageInput} aria-describedby="language-message">
          <option value="en">English</option>
          <option value="de">Deutsch</option>
          <option value="fr">Français</option>
        </select>
      </label>
      <Message id="language-message" field={language} />
      <label>
        Notes <textarea id="notes" {...notesInput} aria-describedby="notes-message" />
      </label>
      <Message id="notes-message" field={notes} />
      <State store={store} signIn={signIn} />
      <button type="button" id="undo" onClick={() => store.edits().at(-1)?.undo()}>
        Undo
      </button>
      <button type="button" id="sign-out" onClick={signOut}>
        Sign out
      </button>
    </form>
  );
}

/** What becomes of the edits. While the store is paused, it is not saving. */
function State({ store, signIn }: Pick<Props, 'store' | 'signIn'>) {
  const { pending, paused } = useUser(store);
  const error = pending.find((edit) => edit.error !== undefined)?.error;
  if (error?.code === 'signed_out') {
    return (
      <p role="alert">
        Your session has ended. Nothing is lost.{' '}
        <button type="button" id="sign-in-again" onClick={() => void signIn().then(store.resume)}>
          Sign in and save
        </button>
      </p>
    );
  }
  if (paused && error !== undefined) return <p role="alert">{error.message}</p>;
  return <output id="state">{pending.length > 0 ? 'Saving' : 'Saved'}</output>;
}
