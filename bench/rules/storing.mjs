// An edit of a store that shows it before the server has answered, which here it
// never does. By hand it is a list of patches, applied one after the other: it
// sends nothing, and knows neither refusals nor conflicts.

import { createUserStore } from 'palm-user';

import { group } from './group.mjs';
import { merges } from './inputs.mjs';

const [, users, patches] = merges[0];
const never = () => new Promise(() => undefined);
const small = (index) => ({ metadata: { [`key_${index % 3}`]: `edit ${index}` } });

function merged(metadata, changes) {
  const after = { ...metadata };
  for (const key in changes) {
    if (changes[key] === null) delete after[key];
    else after[key] = changes[key];
  }
  return after;
}

const ways = {
  'palm-user': (user) => {
    const store = createUserStore({ userId: 'palm_usr_1a2b3c4d5e6f7g8h', user, send: never });
    return {
      edit: (patch) => store.edit(patch),
      undo: (edit) => edit.undo(),
      shown: () => store.getSnapshot().user,
    };
  },
  'patches in a list, by hand': (user) => {
    let list = [];
    let shown = user;
    const show = (next) => {
      list = next;
      shown = list.reduce((of, patch) => ({ ...of, ...patch, metadata: merged(of.metadata, patch.metadata) }), user);
    };
    return {
      edit: (patch) => (show([...list, patch]), patch),
      undo: (edit) => show(list.filter((patch) => patch !== edit)),
      shown: () => shown,
    };
  },
};

const shown = ({ metadata, ...user }) => JSON.stringify([user.id, user.display_name, metadata]);

/** An edit in a store where so many wait, and its undo: so there are as many at the next. */
function waiting(count) {
  return Object.fromEntries(Object.entries(ways).map(([who, make]) => {
    const store = make(users[0]);
    for (let index = 0; index < count; index++) store.edit(small(index));
    return [who, (index) => {
      const edit = store.edit(patches[index]);
      const result = store.shown();
      store.undo(edit);
      return result;
    }];
  }));
}

export const storing = () => [
  group('store: made, and the first edit', Object.fromEntries(Object.entries(ways).map(([who, make]) => [who, (index) => {
    const store = make(users[index]);
    store.edit(patches[index]);
    return store.shown();
  }])), { same: shown }),
  ...[1, 50].map((count) => group(`store: an edit and its undo, ${count} pending`, waiting(count), { same: shown })),
];
