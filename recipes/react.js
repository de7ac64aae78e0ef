import { useField, useUser } from 'palm-user/react';

const saving = ({ pending, paused }) => pending.length > 0 && !paused;

/** A name to edit: spread `input` into an `<input>`. While the store is paused, nothing is being saved. */
export function useName(store) {
  const isSaving = useUser(store, saving);
  const [{ error }, , input] = useField(store, 'display_name', { debounceMs: 300 });
  return { input, error, isSaving };
}
