/**
 * `palm-user/react`: a user store in React 18 and 19.
 *
 * @packageDocumentation
 */

export { useField } from './react/use-field.js';
export type { Field, FieldInput } from './react/use-field.js';
export { useUser } from './react/use-user.js';
