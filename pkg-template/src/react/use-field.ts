// One field of a store, for a form.

import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';

import type { PalmError } from '../error.js';
import { patchOf, valueOf } from '../store/fields.js';
import type { FieldPath, FieldState, FieldValue, StoreUser, UserStore } from '../store/types.js';
import type { AnyMetadata, Json, WritableMetadata } from '../types.js';

/** Properties of an `<input>`, `<textarea>` or `<select>`. */
export interface FieldInput {
  readonly value: string;
  readonly onChange: (event: { readonly currentTarget: { readonly value: string } }) => void;
  readonly onBlur: () => void;
}

/** A field's state, the function that changes it, and properties of an input. */
export type Field<T> = readonly [state: FieldState<T>, set: (value: T) => void, input: FieldInput];

/** What a field holds. A field that nobody declared is a text, as inputs have it. */
type FieldOf<P extends string, M> = string extends keyof M ? string | undefined : P extends 'display_name' ? string | undefined : FieldValue<P, M>;

/** What a component knows of a field beside the store. */
interface Local {
  readonly store?: unknown;
  readonly path?: FieldPath;
  /** What is being typed. */
  readonly draft?: string;
  readonly error?: PalmError;
}
const NOTHING: Local = {};

/**
 * One field of the user, as a form wants it. The component renders again when something of
 * that field changes, and for nothing else.
 *
 * `set` edits the field; undefined removes a key. An edit that the rules refuse is the
 * `error` of the state until the next one. `input` is for an element: what is being typed
 * into stays as it was typed until the element loses the focus, whatever is read meanwhile.
 *
 * @param options - `debounceMs`: How long an edit waits for the next one.
 *
 * @example
 * ```jsx
 * const [name, , input] = useField(store, 'display_name', { debounceMs: 300 });
 * return <label>Name <input {...input} aria-invalid={name.error !== undefined} /></label>;
 * ```
 */
export function useField<const P extends FieldPath<M>, U extends StoreUser = StoreUser, M = WritableMetadata>(
  store: UserStore<U, M>,
  path: P,
  options?: { debounceMs?: number },
): Field<FieldOf<P, M>>;
/** The same with the type of the value, where the metadata is not declared. */
export function useField<T extends Json | undefined>(
  store: UserStore<any, AnyMetadata>,
  path: FieldPath,
  options?: { debounceMs?: number },
): Field<T>;
export function useField<T extends Json | undefined>(
  store: UserStore<any, any>,
  path: FieldPath,
  { debounceMs = 0 }: { debounceMs?: number } = {},
): Field<T> {
  const get = useCallback(() => store.field(path), [store, path]);
  const onServer = useMemo(() => initial(store, path), [store, path]);
  const state = useSyncExternalStore(store.subscribe, get, () => onServer);
  const [known, setLocal] = useState(NOTHING);
  const local = known.store === store && known.path === path ? known : NOTHING;
  const draft = local.draft;
  const error = local.error ?? state.error;

  const change = useCallback(
    (value: Json | undefined, typed: Pick<Local, 'draft'>) => {
      try {
        store.edit(patchOf(new Map([[path, value]])), { debounceMs });
        setLocal({ store, path, ...typed });
      } catch (cause) {
        setLocal({ store, path, ...typed, error: cause as PalmError });
      }
    },
    [store, path, debounceMs],
  );
  const set = useCallback((value: T) => change(value, NOTHING), [change]);
  const onChange = useCallback<FieldInput['onChange']>(({ currentTarget: { value } }) => change(value, { draft: value }), [change]);
  const onBlur = useCallback(() => setLocal(({ draft: _, ...local }) => local), []);

  return useMemo(() => {
    const own = error === state.error ? state : { ...state, ...(error && { error }) };
    return [own as FieldState<T>, set, { value: draft ?? textOf(state.value), onChange, onBlur }];
  }, [state, error, draft, set, onChange, onBlur]);
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

/** The field of the user that the store was made with. */
function initial<U extends StoreUser>(store: UserStore<U>, path: FieldPath): FieldState {
  const { user } = store.getServerSnapshot();
  const value = valueOf(user, path);
  return { value, confirmed: value, isPending: false };
}
