// The store across reloads: what is kept, what is told, what is left alone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { PalmError, createUserStore, isPalmError, persist } from 'palm-user';

const USER_ID = 'palm_usr_1a2b3c4d5e6f7g8h';
const NAME = `profile:${USER_ID}`;
const SECRET = 'a-planted-vault-value';
const USER = Object.freeze({
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { language: 'en', untouched: 'not-for-storage' },
  status: 'active',
  verification: { id: '550e8400-e29b-41d4-a716-446655440000', risk_level: 'low', workflow: { name: SECRET, version: 1 }, executed_at: '2024-01-15T10:30:00.000Z' },
  email_fingerprint: SECRET,
  vault: { 'identity.first_name': SECRET },
});

/** A storage in memory; `later` answers by promises. */
function memory({ later = false } = {}) {
  const texts = new Map();
  const answer = (value) => (later ? new Promise((resolve) => setTimeout(resolve, 1, value)) : value);
  return {
    texts,
    getItem: (key) => answer(texts.get(key) ?? null),
    setItem: (key, value) => answer(void texts.set(key, value)),
    removeItem: (key) => answer(void texts.delete(key)),
    keys: () => answer([...texts.keys()]),
  };
}

/** A server of one user that stores patches, or fails as told. */
function server() {
  let user = USER;
  let count = 0;
  const calls = [];
  const self = {
    calls,
    fail: undefined,
    get user() {
      return user;
    },
    send: async (_, patch) => {
      calls.push(patch);
      if (self.hangs) return new Promise(() => {});
      if (self.fail !== undefined) throw self.fail;
      const metadata = { ...user.metadata };
      for (const [key, value] of Object.entries(patch.metadata ?? {})) {
        if (value === null) delete metadata[key];
        else metadata[key] = value;
      }
      user = { ...user, ...patch, metadata, updated_at: new Date(Date.UTC(2026, 0, 1, 0, 0, (count += 1))).toISOString() };
      return user;
    },
    read: async () => user,
  };
  return self;
}

const SIGNED_OUT = new PalmError({ code: 'signed_out', message: 'signed out', outcome: 'rejected', status: 401 });
const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

/** A page with a store. */
function open(palm, storage, { user = palm.user, persist: more, ...options } = {}) {
  return createUserStore({ userId: USER_ID, user, send: palm.send, read: palm.read, persist: persist({ key: 'profile', storage, ...more }), ...options });
}

for (const later of [false, true]) {
  describe(`a storage that answers ${later ? 'later' : 'at once'}`, () => {
    test('an edit that waits is there after a reload, with a handle, and is sent', async () => {
      const [palm, storage] = [server(), memory({ later })];
      palm.fail = SIGNED_OUT;
      const before = open(palm, storage, { onError: () => {} });
      const made = before.edit({ metadata: { language: 'de' } });
      await pause(later ? 150 : 30);
      assert.equal(before.getSnapshot().paused, true);
      before.close();
      palm.fail = undefined;
      const after = open(palm, storage);
      if (!later) assert.equal(after.getSnapshot().user.metadata.language, 'de', 'shown at once');
      await pause(later ? 150 : 30);
      assert.equal(after.getSnapshot().user.metadata.language, 'de');
      assert.deepEqual(after.edits().map(({ id }) => id), [made.id]);
      after.resume();
      await after.edits()[0].confirmed;
      assert.equal(palm.user.metadata.language, 'de');
      assert.equal(after.getSnapshot().pending.length, 0);
      after.close();
    });

    test('an edit is undone after a reload amid a pause', async () => {
      const [palm, storage] = [server(), memory({ later })];
      palm.fail = SIGNED_OUT;
      const before = open(palm, storage, { onError: () => {} });
      before.edit({ metadata: { language: 'de' } });
      await pause(later ? 150 : 30);
      before.close();
      const after = open(palm, storage, { onError: () => {} });
      await pause(later ? 150 : 30);
      after.edits()[0].undo();
      assert.equal(after.getSnapshot().user.metadata.language, 'en');
      palm.fail = undefined;
      after.resume();
      await pause(later ? 150 : 30);
      assert.equal(palm.user.metadata.language, 'en');
      assert.deepEqual(after.getSnapshot().pending, []);
      after.close();
    });

    test('an edit that is stored can be undone after a reload', async () => {
      const [palm, storage] = [server(), memory({ later })];
      const before = open(palm, storage);
      await before.edit({ metadata: { language: 'de' } }).confirmed;
      await pause(later ? 150 : 30);
      before.close();
      const after = open(palm, storage);
      await pause(later ? 150 : 30);
      after.edits()[0].undo();
      await pause(later ? 150 : 30);
      assert.equal(palm.user.metadata.language, 'en');
      after.close();
    });

    test('an edit that was under way is read for before it is sent again', async () => {
      const [palm, storage] = [server(), memory({ later })];
      palm.hangs = true;
      const before = open(palm, storage);
      before.edit({ metadata: { language: 'de' } });
      await pause(later ? 150 : 30);
      assert.equal(palm.calls.length, 1);
      before.close();
      palm.hangs = false;
      // It had arrived.
      await palm.send(USER_ID, { metadata: { language: 'de' } });
      const after = open(palm, storage, { user: USER });
      await pause(later ? 200 : 40);
      assert.deepEqual(after.getSnapshot().pending, []);
      assert.equal(palm.calls.length, 2, 'it was not sent again');
      after.close();
    });
  });
}

test('of the user, only fields that edits write are stored', async () => {
  const [palm, storage] = [server(), memory()];
  const store = open(palm, storage);
  const seen = [];
  const { setItem } = storage;
  storage.setItem = (key, value) => (seen.push(value), setItem(key, value));
  await store.edit({ metadata: { language: 'de' } }).confirmed;
  store.edit({ display_name: 'Ada' });
  await pause(20);
  store.close();
  assert.ok(seen.some((text) => text.includes('"de"')));
  for (const text of seen) {
    assert.ok(!text.includes(SECRET), 'a value of the vault, the verification or a fingerprint');
    assert.ok(!text.includes('untouched') && !text.includes('not-for-storage'), 'metadata that no edit writes');
  }
});

describe('a storage that fails', () => {
  test('that is full is told once, and loses nothing in memory', async () => {
    const [palm, storage] = [server(), memory()];
    const problems = [];
    const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
    const { setItem } = storage;
    storage.setItem = () => {
      throw full;
    };
    palm.fail = SIGNED_OUT;
    const store = open(palm, storage, { onError: () => {}, persist: { onProblem: (problem) => problems.push(problem) } });
    store.edit({ metadata: { language: 'de' } });
    store.edit({ metadata: { notes: 'x' } });
    await pause(20);
    assert.deepEqual(problems, [{ kind: 'full', cause: full }]);
    assert.equal(store.getSnapshot().user.metadata.notes, 'x');
    storage.setItem = setItem;
    palm.fail = undefined;
    store.resume();
    await pause(20);
    assert.deepEqual(problems.slice(1), [undefined], 'told that it is well again');
    assert.equal(palm.user.metadata.notes, 'x');
    store.close();
  });

  test('that is switched off', async () => {
    const palm = server();
    const problems = [];
    const refuse = () => {
      throw new Error('SecurityError');
    };
    const store = open(palm, { getItem: refuse, setItem: refuse, removeItem: refuse, keys: refuse }, { persist: { onProblem: ({ kind }) => problems.push(kind) } });
    await store.edit({ metadata: { language: 'de' } }).confirmed;
    assert.equal(palm.user.metadata.language, 'de');
    assert.deepEqual(problems, ['unavailable']);
    store.close();
  });

  for (const [name, text, kind] of [
    ['of a newer version', JSON.stringify({ version: 99 }), 'too_new'],
    ['no JSON', '{"version":1,', 'unreadable'],
    ['null', 'null', 'unreadable'],
    ['another application\'s', '{"theme":"dark"}', 'unreadable'],
    ['a record without an image', JSON.stringify({ version: 1, userId: USER_ID, epoch: 'e', rev: 3, applied: {} }), 'unreadable'],
    ['of another user', JSON.stringify({ version: 1, userId: 'palm_usr_other', epoch: 'e', rev: 3, applied: {}, image: {} }), 'unreadable'],
  ]) {
    test(`with what is ${name}: told, left alone, and the store works`, async () => {
      const [palm, storage] = [server(), memory()];
      storage.texts.set(NAME, text);
      const problems = [];
      const store = open(palm, storage, { persist: { onProblem: (problem) => problems.push(problem.kind) } });
      await store.edit({ metadata: { language: 'de' } }).confirmed;
      assert.equal(palm.user.metadata.language, 'de');
      assert.deepEqual(problems, [kind]);
      assert.deepEqual([...storage.texts], [[NAME, text]]);
      store.close();
    });
  }

  test('every record with one part broken is refused or read, and nothing is thrown', async () => {
    const [palm, storage] = [server(), memory()];
    palm.fail = SIGNED_OUT;
    const first = open(palm, storage, { onError: () => {} });
    first.edit({ metadata: { language: 'de' } }).undo();
    first.edit({ metadata: { language: 'fr' } });
    first.edit({ metadata: { notes: 'x' }, display_name: 'Ada' });
    await pause(20);
    first.close();
    const record = storage.texts.get(NAME);
    let refused = 0;
    for (const broken of mutations(JSON.parse(record))) {
      const own = memory();
      own.texts.set(NAME, JSON.stringify(broken));
      const store = open(palm, own, { onError: () => {}, persist: { onProblem: () => (refused += 1) } });
      store.getSnapshot();
      store.edits().map((edit) => edit.undo());
      store.close();
    }
    assert.ok(refused > 50, `${refused} were refused`);
  });
});

/** A document with each of its parts replaced in turn. */
function* mutations(document, path = []) {
  const part = path.reduce((value, key) => value[key], document);
  if (path.length > 0) {
    for (const other of [null, 7, 'x', [], {}, [[]]]) {
      const copy = structuredClone(document);
      path.slice(0, -1).reduce((value, key) => value[key], copy)[path.at(-1)] = other;
      yield copy;
    }
  }
  if (typeof part === 'object' && part !== null) for (const key of Object.keys(part)) yield* mutations(document, [...path, key]);
}

test('an edit older than maxAgeMs is dropped at the next page, and told', async () => {
  const [palm, storage] = [server(), memory()];
  palm.fail = SIGNED_OUT;
  const before = open(palm, storage, { onError: () => {} });
  const { id } = before.edit({ metadata: { language: 'de' } });
  await pause(20);
  before.close();
  await pause(30);
  const told = [];
  const after = open(palm, storage, { persist: { maxAgeMs: 10 }, onError: (error, edit) => told.push([error.code, edit.id]) });
  assert.deepEqual(after.getSnapshot().pending, []);
  assert.equal(after.getSnapshot().user.metadata.language, 'en');
  assert.deepEqual(told, [['aborted', id]]);
  after.close();
});

test('clear forgets everything, and closes the store', async () => {
  const [palm, storage] = [server(), memory()];
  palm.fail = SIGNED_OUT;
  const store = open(palm, storage, { onError: () => {} });
  storage.texts.set('of the page', 'stays');
  const made = store.edit({ metadata: { language: 'de' } });
  await pause(20);
  assert.ok(storage.texts.size > 1);
  await store.clear();
  assert.deepEqual([...storage.texts.keys()], ['of the page']);
  assert.deepEqual(store.getSnapshot().pending, []);
  await assert.rejects(made.confirmed, (error) => isPalmError(error, 'aborted'));
  assert.throws(() => store.edit({ metadata: { language: 'fr' } }), (error) => isPalmError(error, 'aborted'));
  const calls = palm.calls.length;
  await pause(20);
  assert.equal(palm.calls.length, calls);
});

test('clear without persist closes the store', async () => {
  const palm = server();
  const store = createUserStore({ userId: USER_ID, user: palm.user, send: palm.send });
  store.edit({ metadata: { language: 'de' } });
  await store.clear();
  assert.deepEqual(store.getSnapshot().pending, []);
  assert.deepEqual(palm.calls, []);
});

test('wrong options are refused', () => {
  const invalid = (error) => isPalmError(error, 'invalid_options');
  assert.throws(() => persist({}), invalid);
  assert.throws(() => persist({ key: 'a', maxAgeMs: -1 }), invalid);
  const palm = server();
  assert.throws(() => createUserStore({ userId: USER_ID, user: palm.user, send: palm.send, persist: { key: 'profile' } }), invalid);
});
