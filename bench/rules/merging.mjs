// applyPatch, composePatches, diffUsers and invertPatch beside what one would
// otherwise write or install.

import { enablePatches, produce, produceWithPatches } from 'immer';
import mergePatch from 'json-merge-patch';
import json8 from 'json8-merge-patch';
import { create } from 'mutative';

import { applyPatch, composePatches, diffUsers, invertPatch } from 'palm-user';

import { group } from './group.mjs';
import { LIMITS, merges, numeric } from './inputs.mjs';
import { isWithinLimits } from './validating.mjs';

enablePatches();

/** A patch on a draft, for both libraries of drafts. */
const onDraft = (patch) => (draft) => {
  for (const key of Object.keys(patch.metadata)) {
    if (patch.metadata[key] === null) delete draft.metadata[key];
    else draft.metadata[key] = patch.metadata[key];
  }
  draft.display_name = patch.display_name;
};

/** These two write to what they are given. */
const copied = (user) => ({ ...user, metadata: { ...user.metadata } });

const MERGE = {
  'palm-user': (user, patch) => applyPatch(user, patch),
  'palm-user, {}': (user, patch) => applyPatch(user, patch, {}),
  'palm-user, limits': (user, patch) => applyPatch(user, patch, LIMITS),
  'spread, by hand': (user, patch) => {
    const metadata = { ...user.metadata };
    for (const key in patch.metadata) {
      if (patch.metadata[key] === null) delete metadata[key];
      else metadata[key] = patch.metadata[key];
    }
    return { ...user, metadata, display_name: patch.display_name };
  },
  'rebuild, by hand': (user, patch) => {
    const metadata = {};
    for (const key in user.metadata) {
      const change = patch.metadata[key];
      if (change === undefined) metadata[key] = user.metadata[key];
      else if (change !== null) metadata[key] = change;
    }
    for (const key in patch.metadata) {
      if (patch.metadata[key] !== null && !(key in metadata)) metadata[key] = patch.metadata[key];
    }
    return { ...user, metadata, display_name: patch.display_name };
  },
  'json-merge-patch': (user, patch) => mergePatch.apply(copied(user), patch),
  'json8-merge-patch': (user, patch) => json8.apply(copied(user), patch),
  // It checks nothing, and we do: with a schema before it, it refuses what we refuse.
  'json-merge-patch after valibot, limits': (user, patch) => isWithinLimits(patch) && mergePatch.apply(copied(user), patch),
  mutative: (user, patch) => create(user, onDraft(patch)),
  immer: (user, patch) => produce(user, onDraft(patch)),
};

const COMPOSE = {
  'palm-user': composePatches,
  'spread, by hand': (first, second) => ({ metadata: { ...first.metadata, ...second.metadata }, display_name: second.display_name }),
  'json-merge-patch': mergePatch.merge,
};

const DIFF = {
  'palm-user': diffUsers,
  'by hand': (before, after) => {
    const metadata = {};
    for (const key in after.metadata) if (after.metadata[key] !== before.metadata[key]) metadata[key] = after.metadata[key];
    for (const key in before.metadata) if (!(key in after.metadata)) metadata[key] = null;
    return { metadata, ...(after.display_name !== before.display_name && { display_name: after.display_name }) };
  },
  'json-merge-patch': mergePatch.generate,
  'json8-merge-patch': json8.diff,
};

/** Libraries of drafts give patches of another form, and the new user with them. */
const INVERT = {
  'palm-user': (patch, before) => invertPatch(patch, before).patch,
  'by hand': (patch, before) => {
    const metadata = {};
    for (const key in patch.metadata) {
      if (key in before.metadata) metadata[key] = before.metadata[key];
      else if (patch.metadata[key] !== null) metadata[key] = null;
    }
    return { metadata, display_name: before.display_name };
  },
  mutative: (patch, before) => create(before, onDraft(patch), { enablePatches: true })[2],
  immer: (patch, before) => produceWithPatches(before, onDraft(patch))[2],
};

/** Without the order of keys, which some change. */
const sorted = ({ metadata, ...user }) => JSON.stringify([Object.entries(user).sort(), Object.entries(metadata ?? {}).sort()]);

/** The same functions on other arguments. */
const on = (functions, call) => Object.fromEntries(Object.entries(functions).map(([who, run]) => [who, call(run)]));

export const merging = () => merges.flatMap(([name, users, patches, further]) => {
  const numbers = numeric(patches);
  // By hand: a candidate must not find our functions as another group left them.
  const results = users.map((user, index) => MERGE['spread, by hand'](user, patches[index]));
  return [
    group(`applyPatch: ${name}`, {
      ...on(MERGE, (run) => (index) => run(users[index], patches[index])),
      'palm-user, numbers': (index) => applyPatch(users[index], numbers[index]),
      'palm-user, numbers, limits': (index) => applyPatch(users[index], numbers[index], LIMITS),
    }, { same: sorted, apart: ['palm-user, numbers', 'palm-user, numbers, limits'] }),
    group(`applyPatch: ${name}, then as many of the result`, on(MERGE, (run) => (index) => run(run(users[index], patches[index]), further[index])), { same: sorted }),
    // What is done with other keys each tells no more of these.
    ...(/other keys/.test(name) ? [] : [
      group(`composePatches: ${name}`, on(COMPOSE, (run) => (index) => run(patches[index], further[index])), { same: sorted }),
      group(`diffUsers: ${name}`, on(DIFF, (run) => (index) => run(users[index], results[index])), { same: sorted }),
      group(`invertPatch: ${name}`, on(INVERT, (run) => (index) => run(patches[index], users[index])), { same: sorted, apart: ['immer', 'mutative'] }),
    ]),
  ];
});
