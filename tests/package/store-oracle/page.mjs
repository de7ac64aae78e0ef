// The store as a page uses it, in a world whose time and chance are a schedule's.

import { createUserStore, persist, ready } from 'palm-user';

import { patchOf } from './fields.mjs';

// The first store of a page would do this when the browser is idle, on the schedule's clock.
await ready();

/** A store over the network of a schedule. */
export function open({ send, read, time, storage, ...options }) {
  time.install();
  const shared = storage === undefined ? {} : { persist: persist({ key: 'oracle', storage }) };
  const store = createUserStore({ ...options, ...shared, send, ...(read === undefined ? {} : { read }) });
  return {
    get snapshot() {
      return store.getSnapshot();
    },
    subscribe: store.subscribe,
    edit: (fields, more) => store.edit(patchOf(fields), more),
    editTo: (fields) => store.editTo(patchOf(fields)),
    field: store.field,
    /** Handles of what a page before this one had made. */
    handles: store.edits,
    discard: store.discard,
    receive: store.receive,
    refetch: store.refetch,
    pause: store.pause,
    resume: store.resume,
    flush: store.flush,
    state: store.dehydrate,
    close: store.close,
    /** The page goes without a word: as much as `close`, for nobody is left to see more. */
    leave: store.close,
    mustBeAsked: false,
  };
}
