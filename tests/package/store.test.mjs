// The optimistic store, one situation at a time. Every notification is checked,
// not only the end.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';

import { PalmError, createUserStore, isPalmError } from 'palm-user';

const USER = Object.freeze({
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:00:00.000Z',
  metadata: Object.freeze({ tier: 'basic', old: 'x' }),
  status: 'active',
  verification: null,
  display_name: 'Ada',
});

const error = (outcome, code = 'bad_request', retryable = false) => new PalmError({ code, message: code, outcome, retryable });
const REJECTED = error('rejected');
const UNKNOWN = error('unknown', 'network', true);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A store over a server that answers when it is told to. */
function setup(options = {}) {
  const calls = [];
  const errors = [];
  const seen = [];
  let stored = options.user ?? USER;
  let clock = Date.parse(stored.updated_at);
  const store = createUserStore({
    user: USER,
    send: (id, patch, { signal }) => new Promise((resolve, reject) => calls.push({ id, patch, signal, resolve, reject })),
    onError: (error, edit) => errors.push([error.code, edit.id, edit.status]),
    ...options,
  });
  /** Stores a patch as the server does. */
  const write = (patch) => {
    clock += 1000;
    const metadata = { ...stored.metadata };
    for (const [key, value] of Object.entries(patch.metadata ?? {})) value === null ? delete metadata[key] : (metadata[key] = value);
    const { display_name = stored.display_name } = patch;
    return (stored = { ...stored, metadata, display_name, updated_at: new Date(clock).toISOString() });
  };
  const announced = new Set();
  /** No pending key at another value than the last edit's, no rejected edit after its announcement. */
  const check = () => {
    const { user, confirmed, pending } = store.getSnapshot();
    const expected = { ...confirmed.metadata };
    for (const { patch } of pending) {
      for (const [key, value] of Object.entries(patch.metadata ?? {})) value === null ? delete expected[key] : (expected[key] = value);
    }
    assert.deepEqual({ ...user.metadata }, expected);
    for (const { id } of pending) assert.ok(!announced.has(id), `${id} came back`);
    seen.push(user.metadata);
  };
  store.subscribe(check);
  const watch = (edit) => {
    edit.catch(() => announced.add(edit.id));
    return edit;
  };
  return {
    store, calls, errors, seen, write,
    edit: (metadata) => watch(store.edit({ metadata })),
    get shown() { return store.getSnapshot().user.metadata; },
    ids: () => store.getSnapshot().pending.map(({ id }) => id),
    async ack(index = calls.length - 1) { calls[index].resolve(write(calls[index].patch)); await turn(); },
    async fail(reason, index = calls.length - 1) { calls[index].reject(reason); await turn(); },
  };
}

test('an edit is on screen at once, and once more when it is confirmed', async () => {
  const s = setup();
  let told = 0;
  s.store.subscribe(() => told++);
  const edit = s.edit({ tier: 'gold' });
  assert.equal(s.shown.tier, 'gold');
  assert.equal(s.store.getSnapshot().confirmed, USER);
  await turn();
  assert.deepEqual(s.calls.map(({ id, patch }) => [id, patch]), [[USER.id, { metadata: { tier: 'gold' } }]]);
  assert.equal(s.store.getSnapshot().pending[0].status, 'sending');
  told = 0;
  await s.ack();
  assert.equal(told, 1);
  assert.deepEqual(s.ids(), []);
  assert.equal((await edit).metadata.tier, 'gold');
  assert.equal(s.store.getSnapshot().user, s.store.getSnapshot().confirmed);
});

test('edits of one turn are one request, later ones the next', async () => {
  const s = setup();
  s.edit({ a: '1' });
  s.edit({ b: '1', a: '2' });
  await turn();
  s.edit({ c: '1' });
  s.edit({ c: null });
  await turn();
  assert.equal(s.calls.length, 1);
  assert.deepEqual(s.calls[0].patch, { metadata: { a: '2', b: '1' } });
  await s.ack();
  assert.deepEqual(s.calls[1].patch, { metadata: { c: null } });
  await s.ack();
  assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '2', b: '1' });
});

describe('the four orders', () => {
  test('ack 1, fail 2, ack 3', async () => {
    const s = setup();
    const one = s.edit({ a: '1' });
    await turn();
    const two = s.edit({ b: '2' });
    const three = s.edit({ c: '3' });
    await s.ack();
    assert.deepEqual(s.calls[1].patch, { metadata: { b: '2', c: '3' } });
    await s.fail(REJECTED);
    // The batch was rejected: one by one now, and never together again.
    assert.deepEqual(s.calls[2].patch, { metadata: { b: '2' } });
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', b: '2', c: '3' });
    await s.fail(REJECTED);
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', c: '3' });
    assert.deepEqual(s.calls[3].patch, { metadata: { c: '3' } });
    await s.ack();
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', c: '3' });
    await Promise.all([one, three]);
    await assert.rejects(two, (e) => e === REJECTED);
    assert.deepEqual(s.errors, [['bad_request', two.id, 'sending']]);
  });

  test('the same key, the first failing', async () => {
    const s = setup();
    s.edit({ tier: 'silver' });
    await turn();
    s.edit({ tier: 'gold' });
    await s.fail(REJECTED);
    assert.equal(s.shown.tier, 'gold');
    await s.ack();
    assert.equal(s.shown.tier, 'gold');
    // Nobody ever saw another value than one that was meant.
    assert.deepEqual([...new Set(s.seen.map(({ tier }) => tier))], ['silver', 'gold']);
  });

  test('answers in reverse: a newer user is pushed before the older answer', async () => {
    const s = setup();
    s.edit({ tier: 'silver' });
    await turn();
    const first = s.write(s.calls[0].patch);
    const second = s.write({ metadata: { tier: 'platinum', other: 'y' } });
    assert.equal(s.store.receive(second), 'applied');
    assert.equal(s.shown.tier, 'silver');
    s.calls[0].resolve(first);
    await turn();
    // The push came after our write and wins.
    assert.equal(s.shown.tier, 'platinum');
    assert.equal(s.store.receive(first), 'stale');
    assert.equal(s.shown.other, 'y');
  });

  test('all failing', async () => {
    const s = setup();
    const edits = ['a', 'b', 'c'].map((key) => s.edit({ [key]: '1' }));
    await turn();
    for (let index = 0; index < 4; index++) await s.fail(REJECTED);
    assert.equal(s.calls.length, 4);
    assert.deepEqual(s.shown, USER.metadata);
    for (const edit of edits) await assert.rejects(edit);
    assert.equal(s.errors.length, 3);
  });
});

describe('an unknown outcome', () => {
  test('pauses, keeps what is shown, and resume sends again', async () => {
    const s = setup();
    const edit = s.edit({ tier: 'gold' });
    await turn();
    await s.fail(UNKNOWN);
    const { paused, pending } = s.store.getSnapshot();
    assert.ok(paused);
    assert.deepEqual([pending[0].status, pending[0].error], ['paused', UNKNOWN]);
    assert.equal(s.shown.tier, 'gold');
    s.edit({ a: '1' });
    await turn();
    assert.equal(s.calls.length, 1);
    s.store.resume();
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { tier: 'gold', a: '1' } });
    await s.ack();
    await edit;
    assert.ok(!s.store.getSnapshot().paused);
  });

  test('a limit of requests is no fault of the edit', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    await s.fail(error('rejected', 'rate_limited', true));
    assert.ok(s.store.getSnapshot().paused);
    assert.equal(s.shown.a, '1');
  });

  test('an answer that is no user keeps what is shown and asks for a refetch', async () => {
    const s = setup();
    const edit = s.edit({ a: '1' });
    await turn();
    s.calls[0].resolve({ ok: true });
    await turn();
    const { paused, needsRefetch } = s.store.getSnapshot();
    assert.ok(paused && needsRefetch);
    assert.equal(s.shown.a, '1');
    assert.equal(s.store.receive(s.write({ metadata: { a: '1' } })), 'applied');
    assert.deepEqual(s.ids(), []);
    assert.equal((await edit).metadata.a, '1');
    assert.ok(!s.store.getSnapshot().needsRefetch);
    assert.ok(!s.store.getSnapshot().paused);
  });

  test('once a read has shown it to be stored, what waited behind it is sent', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    await s.fail(UNKNOWN);
    s.edit({ b: '2' });
    s.store.receive(s.write({ metadata: { a: '1' } }));
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { b: '2' } });
  });

  test('once it is discarded, what waited behind it is sent', async () => {
    const s = setup();
    const edit = s.edit({ a: '1' });
    edit.catch(() => undefined);
    await turn();
    await s.fail(UNKNOWN);
    s.edit({ b: '2' });
    s.store.discard(edit.id);
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { b: '2' } });
  });

  test('a pause that was asked for outlasts both', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    await s.fail(UNKNOWN);
    s.store.pause();
    s.edit({ b: '2' });
    s.store.receive(s.write({ metadata: { a: '1' } }));
    await turn();
    assert.ok(s.store.getSnapshot().paused);
    assert.equal(s.calls.length, 1);
  });

  test('an error of send\'s own is unknown, and is not repeated', async () => {
    const s = setup({ send: () => { throw new Error('secret'); } });
    s.edit({ a: '1' });
    await turn();
    const [{ error }] = s.store.getSnapshot().pending;
    assert.ok(isPalmError(error, 'network') && error.outcome === 'unknown');
    assert.ok(!error.message.includes('secret'));
  });

  test('what was unknown and is then rejected asks for a refetch', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    await s.fail(UNKNOWN);
    s.store.resume();
    await turn();
    await s.fail(REJECTED);
    assert.ok(s.store.getSnapshot().needsRefetch);
    assert.deepEqual(s.shown, USER.metadata);
  });
});

test('an onError that throws does not stop the queue', async () => {
  // The runner's own listeners would take it for a failure of the test.
  const runner = process.rawListeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const unhandled = [];
  process.on('unhandledRejection', (reason) => unhandled.push(reason.message));
  const s = setup({ onError: () => { throw new Error('from onError'); } });
  s.edit({ a: '1' });
  await turn();
  s.edit({ b: '2' });
  await s.fail(REJECTED);
  await turn();
  process.removeAllListeners('unhandledRejection');
  for (const listener of runner) process.on('unhandledRejection', listener);
  assert.deepEqual(unhandled, ['from onError']);
  assert.deepEqual(s.calls[1].patch, { metadata: { b: '2' } });
});

describe('users from elsewhere', () => {
  test('by updated_at as instants', () => {
    const s = setup();
    const at = (updated_at, metadata = { tier: 'x' }) => s.store.receive({ ...USER, updated_at, metadata });
    assert.equal(at('2025-10-24T14:59:59.999Z'), 'stale');
    // The same instant in another zone, and the same user.
    assert.equal(s.store.receive({ ...USER, updated_at: '2025-10-24T17:00:00+02:00' }), 'applied');
    assert.ok(!s.store.getSnapshot().needsRefetch);
    assert.equal(at('2025-10-24T17:00:00+02:00'), 'ambiguous');
    assert.ok(s.store.getSnapshot().needsRefetch);
    assert.equal(s.shown.tier, 'basic');
    assert.equal(at('2025-10-24T15:00:00.000001Z'), 'applied');
    assert.equal(at('2025-10-24T15:00:00.000000500Z', { tier: 'y' }), 'stale');
    assert.ok(!s.store.getSnapshot().needsRefetch);
    assert.equal(at('no time', { tier: 'y' }), 'ambiguous');
  });

  test('an answer as old as the confirmed user is the truth all the same', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    s.calls[0].resolve({ ...USER, metadata: { ...USER.metadata, a: '1' } });
    await turn();
    assert.equal(s.shown.a, '1');
    assert.ok(!s.store.getSnapshot().needsRefetch);
  });

  test('another user is refused', () => {
    const s = setup();
    assert.throws(() => s.store.receive({ ...USER, id: 'other' }), (e) => isPalmError(e, 'invalid_value'));
    assert.throws(() => s.store.receive(null), (e) => isPalmError(e));
  });

  test('a queue that exceeds 50 keys after a push is reported, and waits', { todo: 'the new store' }, async () => {
    const s = setup();
    s.store.pause();
    s.edit({ mine: '1' });
    const full = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'x']));
    s.store.receive({ ...USER, metadata: full, updated_at: '2025-10-24T16:00:00Z' });
    assert.deepEqual(s.store.getSnapshot().issues.map(({ code, params }) => [code, params.actual]), [['too_many_keys', 51]]);
    assert.equal(s.shown.mine, '1');
    s.store.resume();
    await turn();
    assert.equal(s.calls.length, 0);
    assert.equal(s.ids().length, 1);
    s.edit({ k0: null });
    await turn();
    assert.deepEqual(s.calls[0].patch, { metadata: { mine: '1', k0: null } });
    assert.deepEqual(s.store.getSnapshot().issues, []);
  });
});

describe('undo', () => {
  test('what is queued is dropped', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    const edit = s.edit({ b: '2' });
    assert.equal(edit.undo(), undefined);
    assert.ok(!('b' in s.shown));
    await assert.rejects(edit, (e) => isPalmError(e, 'aborted') && e.outcome === 'not_sent');
    assert.equal(edit.undo(), undefined);
    await s.ack();
    assert.equal(s.calls.length, 1);
  });

  test('what was sent is taken back by the inverse', async () => {
    const s = setup();
    const edit = s.edit({ tier: 'gold', a: '1', old: null });
    await turn();
    await s.ack();
    const back = edit.undo();
    assert.deepEqual(s.shown, USER.metadata);
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { tier: 'basic', a: null, old: 'x' } });
    await s.ack();
    await back;
    assert.equal(edit.undo(), undefined);
  });

  test('keys that were written later stay', async () => {
    const s = setup();
    const edit = s.edit({ tier: 'gold', a: '1', b: '1' });
    await turn();
    await s.ack();
    s.edit({ a: '2' });
    s.store.receive(s.write({ metadata: { b: '2' } }));
    edit.undo();
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '2', b: '2' });
  });

  test('of an unknown outcome the inverse is sent along', async () => {
    const s = setup();
    const edit = s.edit({ tier: 'gold' });
    await turn();
    await s.fail(UNKNOWN);
    assert.ok(edit.undo());
    s.store.resume();
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { tier: 'basic' } });
  });
});

describe('discard', () => {
  test('a queued edit', async () => {
    const s = setup();
    s.store.pause();
    const edit = s.edit({ a: '1' });
    s.store.discard(edit.id);
    s.store.discard('nobody');
    assert.deepEqual(s.shown, USER.metadata);
    assert.ok(!s.store.getSnapshot().needsRefetch);
    await assert.rejects(edit, (e) => isPalmError(e, 'aborted') && e.outcome === 'not_sent');
  });

  test('one under way is aborted, and may be stored', async () => {
    const s = setup();
    const edit = s.edit({ a: '1' });
    await turn();
    s.store.discard(edit.id);
    assert.ok(s.calls[0].signal.aborted);
    assert.deepEqual(s.shown, USER.metadata);
    assert.ok(s.store.getSnapshot().needsRefetch);
    await s.fail(error('unknown', 'aborted'));
    await assert.rejects(edit, (e) => e.outcome === 'unknown');
    s.edit({ b: '1' });
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { b: '1' } });
  });
});

describe('reload', () => {
  test('what was under way and what was waiting goes on', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    s.edit({ b: '2' });
    const state = JSON.parse(JSON.stringify(s.store.dehydrate()));
    const again = setup({ user: undefined, state });
    assert.deepEqual(again.shown, { ...USER.metadata, a: '1', b: '2' });
    assert.deepEqual(again.ids(), s.ids());
    await turn();
    assert.deepEqual(again.calls[0].patch, { metadata: { a: '1', b: '2' } });
  });

  test('a pause stays a pause, and a newer user counts', async () => {
    const s = setup();
    s.store.pause();
    s.edit({ a: '1' });
    const state = s.store.dehydrate();
    const user = { ...USER, metadata: { tier: 'new' }, updated_at: '2026-01-01T00:00:00Z' };
    const again = setup({ user, state });
    await turn();
    assert.equal(again.calls.length, 0);
    assert.deepEqual(again.shown, { tier: 'new', a: '1' });
  });

  for (const state of [null, 5, {}, [], { version: 2 }, { version: 1, confirmed: USER, pending: [{ id: 'x', patch: { nope: 1 } }], paused: false, needsRefetch: false }]) {
    test(`a state that is none: ${JSON.stringify(state)?.slice(0, 40)}`, () => {
      assert.throws(() => createUserStore({ state, send() {} }), (e) => isPalmError(e, 'invalid_value'));
    });
  }
});

describe('the edges', () => {
  test('an invalid edit throws and changes nothing', () => {
    const s = setup();
    const before = s.store.getSnapshot();
    assert.throws(() => s.store.edit({ displayName: 'x' }), (e) => isPalmError(e, 'invalid_patch'));
    assert.equal(s.store.getSnapshot(), before);
  });

  test('a patch that is changed later is sent as it was', async () => {
    const s = setup();
    const patch = { metadata: { a: '1' } };
    s.store.edit(patch);
    patch.metadata.a = '2';
    await turn();
    assert.deepEqual(s.calls[0].patch, { metadata: { a: '1' } });
  });

  test('getSnapshot is the same until something changes', async () => {
    const { store } = setup();
    const { getSnapshot, subscribe } = store;
    assert.equal(getSnapshot(), getSnapshot());
    let told = 0;
    const end = subscribe(() => told++);
    end();
    end();
    store.pause();
    store.pause();
    assert.equal(told, 0);
    assert.ok(Object.isFrozen(getSnapshot()) && Object.isFrozen(getSnapshot().pending));
  });

  test('a store nobody holds is collected, and its listeners with it', async () => {
    v8.setFlagsFromString('--expose-gc');
    const gc = vm.runInNewContext('gc');
    const make = async () => {
      const s = setup();
      s.store.subscribe(() => s.store.getSnapshot());
      s.edit({ a: '1' });
      await turn();
      await s.ack();
      return new WeakRef(s.store);
    };
    const ref = await make();
    for (let round = 0; round < 20 && ref.deref() !== undefined; round++) {
      await turn();
      gc();
    }
    assert.equal(ref.deref(), undefined);
  });

  test('without a user and a state', () => {
    assert.throws(() => createUserStore({ send() {} }), (e) => isPalmError(e, 'invalid_options'));
    assert.throws(() => createUserStore({ user: USER }), (e) => isPalmError(e, 'invalid_options'));
  });

  test('a rejection nobody handles is not reported', async () => {
    const unhandled = [];
    const listen = (reason) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const s = setup();
    s.store.edit({ metadata: { a: '1' } });
    await turn();
    await s.fail(REJECTED);
    await turn();
    process.off('unhandledRejection', listen);
    assert.deepEqual(unhandled, []);
  });
});
