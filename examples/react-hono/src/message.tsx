import type { FieldState } from 'palm-user';

/** Why a field is not saved; each issue of it, or the error. */
export function Message({ id, field: { error } }: { readonly id: string; readonly field: FieldState<unknown> }) {
  if (error === undefined) return null;
  const messages = error.issues?.map(({ message }) => message) ?? [error.message];
  return (
    <p id={id} className="message">
      {messages.join(' ')}
    </p>
  );
}
