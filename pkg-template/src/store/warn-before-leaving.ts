// The browser's own question before a page with unsaved edits is left.

import type { StoreUser, UserStore } from './types.js';

/**
 * Has the browser ask before the page is left, as long as the store has edits that are not
 * stored. Gives the function that ends it. The listener is there only meanwhile: one that
 * stays would keep the page from the back-forward cache.
 *
 * @example
 * ```js
 * const store = createUserStore({ userId: 'palm_usr_1a2b3c4d5e6f7g8h', user, send: updateUser });
 * const end = warnBeforeLeaving(store);
 * ```
 */
export function warnBeforeLeaving<U extends StoreUser>(store: Pick<UserStore<U>, 'subscribe' | 'getSnapshot'>): () => void {
  let isOn = false;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
  const set = (isWanted: boolean): void => {
    if (isWanted === isOn) return;
    isOn = isWanted;
    if (isOn) globalThis.addEventListener?.('beforeunload', warn);
    else globalThis.removeEventListener?.('beforeunload', warn);
  };
  const update = (): void => set(store.getSnapshot().pending.length > 0);
  const end = store.subscribe(update);
  update();
  return () => {
    end();
    set(false);
  };
}
