// The optimistic store, one situation at a time. What no situation may break is
// for the judge: store-oracle.test.mjs.

import assert from 'node:assert/strict';
import { after, describe, mock, test } from 'node:test';
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

const error = (outcome, code, status) => new PalmError({ code, message: code, outcome, status, retryable: outcome === 'unknown' });
const REJECTED = error('rejected', 'bad_request', 400);
const UNKNOWN = error('unknown', 'network');
const USER_ID = 'palm_usr_1a2b3c4d5e6f7g8h';
const stores = [];
const faults = [];
after(() => assert.deepEqual(faults, []));
// A store that waits to try again would keep the process.
after(() => stores.forEach((store) => store.deref()?.close()));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A store over a server that answers when it is told to. */
function setup(options = {}) {
  const calls = [];
  const errors = [];
  const seen = [];
  let stored = options.user ?? USER;
  let clock = Date.parse(stored.updated_at);
  const reads = [];
  const store = createUserStore({
    userId: USER_ID,
    user: USER,
    send: (id, patch, { signal }) => new Promise((resolve, reject) => calls.push({ id, patch, signal, resolve, reject })),
    onError: (error, edit) => errors.push([error.code, edit.id, edit.status]),
    ...options,
    ...(options.read === true && { read: (id, { signal }) => new Promise((resolve, reject) => reads.push({ id, signal, resolve, reject })) }),
  });
  stores.push(new WeakRef(store));
  /** Stores a patch as the server does. */
  const write = (patch) => {
    clock += 1000;
    const metadata = { ...stored.metadata };
    for (const [key, value] of Object.entries(patch.metadata ?? {})) value === null ? delete metadata[key] : (metadata[key] = value);
    const { display_name = stored.display_name } = patch;
    return (stored = { ...stored, metadata, display_name, updated_at: new Date(clock).toISOString() });
  };
  const announced = new Set();
  /** No edit is pending after its end was told. The store's own logger has what a listener throws. */
  const check = () => {
    const { user, pending } = store.getSnapshot();
    for (const { id } of pending) if (announced.has(id)) faults.push(`${id} came back`);
    seen.push(user.metadata);
  };
  store.subscribe(check);
  const watch = (edit) => {
    edit.confirmed.catch(() => announced.add(edit.id));
    return edit;
  };
  return {
    store, calls, reads, errors, seen, write,
    edit: (metadata) => watch(store.edit({ metadata })),
    get stored() { return stored; },
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
  assert.deepEqual(edit.patch, { metadata: { tier: 'gold' } });
  await turn();
  assert.deepEqual(s.calls.map(({ id, patch }) => [id, patch]), [[USER_ID, { metadata: { tier: 'gold' } }]]);
  assert.equal(s.store.getSnapshot().pending[0].status, 'sending');
  told = 0;
  await s.ack();
  assert.equal(told, 1);
  assert.deepEqual(s.ids(), []);
  assert.equal((await edit.confirmed).metadata.tier, 'gold');
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
    // Refused together: in halves now.
    assert.deepEqual(s.calls[2].patch, { metadata: { b: '2' } });
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', b: '2', c: '3' });
    await s.fail(REJECTED);
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', c: '3' });
    assert.deepEqual(s.calls[3].patch, { metadata: { c: '3' } });
    await s.ack();
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', c: '3' });
    await Promise.all([one.confirmed, three.confirmed]);
    await assert.rejects(two.confirmed, (e) => e === REJECTED);
    assert.deepEqual(s.errors, [['bad_request', two.id, 'paused']]);
  });

  test('what is left of a refused request goes alone, whatever is made meanwhile', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    s.edit({ b: '2' });
    const bad = s.edit({ c: '3' });
    await s.ack();
    await s.fail(REJECTED);
    assert.deepEqual(s.calls[2].patch, { metadata: { b: '2' } });
    s.edit({ d: '4' });
    await s.ack();
    assert.deepEqual(s.calls[3].patch, { metadata: { c: '3' } }, 'its refusal must not concern an edit that is innocent');
    await s.fail(REJECTED);
    assert.deepEqual(s.calls[4].patch, { metadata: { d: '4' } });
    await s.ack();
    await assert.rejects(bad.confirmed, (e) => e === REJECTED);
    assert.deepEqual(s.shown, { tier: 'basic', old: 'x', a: '1', b: '2', d: '4' });
    assert.equal(s.calls.length, 5);
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
    const s = setup({ read: true });
    s.edit({ tier: 'silver' });
    await turn();
    const first = s.write(s.calls[0].patch);
    const second = s.write({ metadata: { tier: 'platinum', other: 'y' } });
    assert.equal(s.store.receive(second), 'applied');
    assert.equal(s.shown.tier, 'silver');
    s.calls[0].resolve(first);
    await turn();
    // By its time the push came after our write; a read says so for certain.
    assert.equal(s.shown.tier, 'silver');
    assert.ok(s.store.getSnapshot().needsRefetch);
    s.reads[0].resolve(second);
    await turn();
    assert.equal(s.shown.tier, 'platinum');
    assert.equal(s.store.receive(first), 'stale');
    assert.equal(s.shown.other, 'y');
  });

  test('all failing', async () => {
    const s = setup();
    const edits = ['a', 'b', 'c'].map((key) => s.edit({ [key]: '1' }));
    await turn();
    while (s.store.getSnapshot().pending.length > 0) await s.fail(REJECTED);
    assert.equal(s.calls.length, 5);
    assert.deepEqual(s.shown, USER.metadata);
    for (const edit of edits) await assert.rejects(edit.confirmed);
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
    await edit.confirmed;
    assert.ok(!s.store.getSnapshot().paused);
  });

  test('a limit of requests is no fault of the edit', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    await s.fail(error('rejected', 'rate_limited', 429));
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
    assert.equal((await edit.confirmed).metadata.a, '1');
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

describe('users from elsewhere', () => {
  test('by updated_at as instants', () => {
    const s = setup();
    const at = (updated_at, metadata = { tier: 'x' }) => s.store.receive({ ...USER, updated_at, metadata });
    assert.equal(at('2025-10-24T14:59:59.999Z'), 'stale');
    assert.equal(s.store.receive({ ...USER }), 'applied');
    assert.ok(!s.store.getSnapshot().needsRefetch);
    assert.equal(at('2025-10-24T17:00:00+02:00'), 'ambiguous');
    assert.ok(s.store.getSnapshot().needsRefetch);
    assert.equal(s.store.receive({ ...USER, verification: { id: 'v' } }), 'applied');
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

  test('a queue that exceeds 50 keys after a push is reported, and waits', async () => {
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
  const ended = (code, outcome) => (e) => isPalmError(e, code) && e.outcome === outcome;

  test('what is queued is dropped', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    const edit = s.edit({ b: '2' });
    assert.deepEqual(edit.undo(), { lossy: [] });
    assert.ok(!('b' in s.shown));
    await assert.rejects(edit.confirmed, ended('aborted', 'not_sent'));
    assert.deepEqual(edit.undo(), { lossy: [] });
    await s.ack();
    assert.equal(s.calls.length, 1);
  });

  test('what is stored is taken back by an edit, and that by another', async () => {
    const s = setup();
    const edit = s.edit({ tier: 'gold', a: '1', old: null });
    await turn();
    await s.ack();
    const { edit: back, lossy } = edit.undo();
    assert.deepEqual([s.shown, lossy], [USER.metadata, []]);
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { tier: 'basic', a: null, old: 'x' } });
    await s.ack();
    await back.confirmed;
    assert.deepEqual(edit.undo(), { lossy: [] });
    back.undo();
    assert.deepEqual(s.shown, { tier: 'gold', a: '1' });
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

  test('the value of the earlier edit comes back, in whatever order they are undone', async () => {
    for (const order of [[0, 1], [1, 0]]) {
      const s = setup();
      const edits = [s.edit({ tier: 'silver' })];
      await turn();
      await s.ack();
      edits.push(s.edit({ tier: 'gold' }));
      await turn();
      await s.ack();
      edits[order[0]].undo();
      assert.equal(s.shown.tier, order[0] === 0 ? 'gold' : 'silver');
      edits[order[1]].undo();
      assert.equal(s.shown.tier, 'basic');
    }
  });

  test('of an unknown outcome the old value is sent in its place', async () => {
    const s = setup();
    const edit = s.edit({ tier: 'gold' });
    await turn();
    await s.fail(UNKNOWN);
    assert.ok(edit.undo().edit);
    await assert.rejects(edit.confirmed, ended('aborted', 'unknown'));
    s.store.resume();
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { tier: 'basic' } });
  });

  test('more than a hundred edits ago nothing is known', async () => {
    const s = setup();
    const first = s.edit({ tier: 'gold' });
    for (let index = 0; index < 101; index++) {
      await turn();
      await s.ack();
      s.edit({ [`k${index % 9}`]: `${index}` });
    }
    assert.deepEqual(first.undo(), { lossy: ['/metadata/tier'] });
    assert.equal(s.shown.tier, 'gold');
    assert.ok(s.store.edits().length <= 101);
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
    await assert.rejects(edit.confirmed, (e) => isPalmError(e, 'aborted') && e.outcome === 'not_sent');
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
    await assert.rejects(edit.confirmed, (e) => e.outcome === 'unknown');
    s.edit({ b: '1' });
    await turn();
    assert.deepEqual(s.calls[1].patch, { metadata: { b: '1' } });
  });
});

describe('reload', () => {
  const revived = (store) => JSON.parse(JSON.stringify(store.dehydrate()));

  test('what was under way and what was waiting goes on', async () => {
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    s.edit({ b: '2' });
    const again = setup({ state: revived(s.store) });
    assert.deepEqual(again.shown, { ...USER.metadata, a: '1', b: '2' });
    assert.deepEqual(again.ids(), s.ids());
    await turn();
    assert.deepEqual(again.calls[0].patch, { metadata: { a: '1', b: '2' } });
  });

  test('its handles are there again, and undo', async () => {
    const s = setup();
    s.store.pause();
    const { id } = s.edit({ tier: 'gold' });
    const again = setup({ state: revived(s.store) });
    const [handle] = again.store.edits();
    assert.equal(handle.id, id);
    handle.undo();
    assert.deepEqual(again.shown, USER.metadata);
  });

  test('a pause stays a pause, and the user that is given counts', async () => {
    const s = setup();
    s.store.pause();
    s.edit({ a: '1' });
    const user = { ...USER, metadata: { tier: 'new' }, updated_at: '2026-01-01T00:00:00Z' };
    const again = setup({ user, state: revived(s.store) });
    await turn();
    assert.equal(again.calls.length, 0);
    assert.deepEqual(again.shown, { tier: 'new', a: '1' });
  });

  test('the state holds the queue and its fields, and nothing else of the user', () => {
    const s = setup({ user: { ...USER, email_fingerprint: 'planted', vault: { name: 'planted' }, verification: { id: 'planted' }, metadata: { tier: 'basic', other: 'planted' } } });
    s.store.edit({ metadata: { tier: 'gold' } });
    const text = JSON.stringify(s.store.dehydrate());
    assert.ok(!text.includes('planted') && text.includes('gold'), text);
  });

  const state = { version: 2, userId: USER_ID, id: USER.id, updated_at: USER.updated_at, paused: false, fields: [], edits: [] };
  const edit = { id: 'x', at: 0, patch: {} };
  const wrong = {
    'null': null,
    'a number': 5,
    'an empty object': {},
    'another version': { ...state, version: 3 },
    'another user': { ...state, userId: 'palm_usr_other' },
    'another ID': { ...state, id: 'other' },
    'an edit of nothing known': { ...state, edits: [{ ...edit, patch: { nope: 1 } }] },
    'the same edit twice': { ...state, edits: [edit, edit] },
    'a field of nothing': { ...state, fields: [5] },
  };
  for (const [name, value] of Object.entries(wrong)) {
    test(`a state that is none: ${name}`, () => {
      assert.throws(() => setup({ state: value }), (e) => isPalmError(e, 'invalid_value'));
    });
  }
});

describe('conflicts', () => {
  /** An edit that waits for ten minutes, in which somebody else changes its field. */
  async function conflicting(options) {
    mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
    const s = setup(options);
    s.store.pause();
    const edit = s.edit({ tier: 'gold', a: '1' });
    mock.timers.setTime(Date.parse('2026-01-01T00:10:00Z'));
    s.store.receive(s.write({ metadata: { tier: 'theirs' } }));
    mock.timers.reset();
    return { s, edit };
  }

  test('an old edit waits, field by field, until somebody decides', async () => {
    const { s, edit } = await conflicting();
    const [{ path, mine, theirs, base, resolve }] = s.store.getSnapshot().conflicts;
    assert.deepEqual([path, mine, theirs, base], ['metadata.tier', 'gold', 'theirs', 'basic']);
    assert.equal(s.shown.tier, 'gold');
    s.store.resume();
    await turn();
    assert.deepEqual(s.calls[0].patch, { metadata: { a: '1' } });
    await s.ack();
    assert.equal(s.ids().length, 1);
    resolve('mine');
    assert.deepEqual(s.calls[1].patch, { metadata: { tier: 'gold' } });
    await s.ack();
    assert.equal((await edit.confirmed).metadata.tier, 'gold');
  });

  test('theirs', async () => {
    const { s, edit } = await conflicting();
    s.store.getSnapshot().conflicts[0].resolve('theirs');
    assert.equal(s.shown.tier, 'theirs');
    assert.deepEqual(s.store.getSnapshot().conflicts, []);
    s.store.resume();
    await turn();
    await s.ack();
    assert.equal((await edit.confirmed).metadata.a, '1');
  });

  test('a new edit of the field is the last word', async () => {
    const { s } = await conflicting();
    s.edit({ tier: 'platinum' });
    assert.deepEqual(s.store.getSnapshot().conflicts, []);
    s.store.resume();
    await turn();
    assert.deepEqual(s.calls[0].patch, { metadata: { tier: 'platinum', a: '1' } });
  });

  test('an edit that is young enough wins', async () => {
    const { s } = await conflicting({ staleAfterMs: 600_000 });
    assert.deepEqual(s.store.getSnapshot().conflicts, []);
  });
});

describe('fields', () => {
  test('the same object until something of it changes', async () => {
    const s = setup();
    const { field } = s.store;
    const [tier, name] = [field('metadata.tier'), field('display_name')];
    assert.deepEqual(tier, { value: 'basic', confirmed: 'basic', isPending: false });
    s.store.edit({ display_name: 'Eve' });
    assert.equal(field('metadata.tier'), tier);
    assert.notEqual(field('display_name'), name);
    assert.deepEqual(field('display_name'), { value: 'Eve', confirmed: 'Ada', isPending: true });
    await turn();
    await s.fail(REJECTED);
    assert.deepEqual(field('display_name'), { value: 'Ada', confirmed: 'Ada', isPending: false, error: REJECTED });
    s.store.edit({ display_name: 'Bea' });
    assert.equal(field('display_name').error, undefined);
    assert.equal(field('metadata.constructor').value, undefined);
    for (const path of ['tier', 'metadata.', 'status', '']) assert.throws(() => field(path), (e) => isPalmError(e, 'invalid_value'));
  });

  test('editTo: what differs, and nothing that is absent', () => {
    const s = setup();
    assert.equal(s.store.editTo({ metadata: { tier: 'basic', none: null }, display_name: 'Ada' }), undefined);
    const edit = s.store.editTo({ metadata: { tier: 'gold', old: null }, display_name: 'Ada' });
    assert.deepEqual(edit.patch, { metadata: { tier: 'gold', old: null } });
  });
});

describe('typing', () => {
  test('debounced edits of one field are one, and each can be undone', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const s = setup();
    const [one, two] = ['h', 'hi'].map((notes) => s.store.edit({ metadata: { notes } }, { debounceMs: 300 }));
    await turn();
    assert.deepEqual([s.calls.length, s.ids()], [0, [two.id]]);
    mock.timers.tick(299);
    assert.equal(s.calls.length, 0);
    mock.timers.tick(1);
    mock.timers.reset();
    assert.deepEqual(s.calls[0].patch, { metadata: { notes: 'hi' } });
    await s.ack();
    assert.equal(await one.confirmed, await two.confirmed);
    two.undo();
    assert.equal(s.shown.notes, 'h');
  });

  test('flush sends at once, and ends when all is stored or the store pauses', async () => {
    const s = setup();
    s.store.edit({ metadata: { notes: 'hi' } }, { debounceMs: 60_000 });
    let isOver = false;
    const flushed = s.store.flush().then(() => (isOver = true));
    await turn();
    assert.deepEqual([s.calls.length, isOver], [1, false]);
    await s.ack();
    await flushed;
    s.edit({ notes: 'ho' });
    const paused = s.store.flush();
    await turn();
    await s.fail(UNKNOWN);
    await paused;
    await s.store.flush();
  });

  test('a later edit that is due takes along what is debounced', async () => {
    const s = setup();
    s.store.edit({ metadata: { notes: 'hi' } }, { debounceMs: 60_000 });
    s.edit({ tier: 'gold' });
    await turn();
    assert.deepEqual(s.calls[0].patch, { metadata: { notes: 'hi', tier: 'gold' } });
  });
});

describe('it goes on by itself', () => {
  const clock = () => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-01-01T00:00:00Z') });
  /** Fails the request under way, with time standing still. */
  const failed = async (s, reason) => {
    s.calls.at(-1).reject(reason);
    await turn();
  };

  test('after Retry-After, and the snapshot says when', async () => {
    clock();
    const s = setup();
    s.edit({ a: '1' });
    await turn();
    await failed(s, new PalmError({ code: 'rate_limited', message: '', outcome: 'rejected', status: 429, retryAfterMs: 90_000 }));
    assert.equal(s.store.getSnapshot().retryAt, Date.now() + 90_000);
    mock.timers.tick(89_999);
    assert.equal(s.calls.length, 1);
    mock.timers.tick(1);
    assert.equal(s.calls.length, 2);
    assert.equal(s.store.getSnapshot().retryAt, undefined);
    mock.timers.reset();
  });

  test('with backoff and jitter, never at once and never later than the most', async () => {
    clock();
    const s = setup({ retry: { minDelayMs: 1_000, maxDelayMs: 8_000 } });
    s.edit({ a: '1' });
    await turn();
    for (const most of [2_000, 4_000, 8_000, 8_000, 8_000]) {
      await failed(s, UNKNOWN);
      const wait = s.store.getSnapshot().retryAt - Date.now();
      assert.ok(wait >= 1_000 && wait <= most, `${wait}`);
      mock.timers.tick(wait + 1);
    }
    assert.deepEqual(s.errors.length, 1, 'its own retries are not told again');
    mock.timers.reset();
  });

  test('when the device is online again, and not before the least delay', async () => {
    clock();
    const listeners = new Map();
    Object.assign(globalThis, { addEventListener: (type, listener) => listeners.set(type, listener), removeEventListener: (type) => listeners.delete(type) });
    const random = mock.method(Math, 'random', () => 1);
    const s = setup({ retry: { minDelayMs: 1_000, maxDelayMs: 60_000 } });
    s.edit({ a: '1' });
    await turn();
    await failed(s, UNKNOWN);
    listeners.get('online')();
    mock.timers.tick(999);
    assert.equal(s.calls.length, 1);
    mock.timers.tick(1);
    assert.equal(s.calls.length, 2);
    assert.equal(listeners.size, 0);
    random.mock.restore();
    delete globalThis.addEventListener;
    delete globalThis.removeEventListener;
    mock.timers.reset();
  });

  for (const [name, options] of [['retry: false', { retry: false }], ["onFailure: 'pause'", { onFailure: () => 'pause' }]]) {
    test(`${name} waits for resume`, async () => {
      const s = setup(options);
      s.edit({ a: '1' });
      await turn();
      await s.fail(UNKNOWN);
      const { paused, retryAt } = s.store.getSnapshot();
      assert.deepEqual([paused, retryAt], [true, undefined]);
      s.store.resume();
      await turn();
      assert.equal(s.calls.length, 2);
    });
  }
});

describe('refetch', () => {
  test('one read at a time; a call that comes later has one of its own', async () => {
    const s = setup({ read: true });
    const [one, two] = [s.store.refetch(), s.store.refetch()];
    await turn();
    assert.equal(s.reads.length, 1);
    const after = { ...USER, metadata: { tier: 'new' }, updated_at: '2020-01-01T00:00:00Z' };
    s.reads[0].resolve(after);
    // Older by its time, and the truth all the same: the store knows when it was asked for.
    assert.equal((await one).metadata.tier, 'new');
    assert.equal(s.reads.length, 2);
    s.reads[1].resolve(after);
    await two;
  });

  test('the answer of a write counts as well; a read that a write overtook does not', async () => {
    const s = setup({ read: true });
    const refetched = s.store.refetch();
    await turn();
    s.edit({ a: '1' });
    await turn();
    s.reads[0].resolve({ ...USER, metadata: { tier: 'old' }, updated_at: '2030-01-01T00:00:00Z' });
    await turn();
    assert.equal(s.shown.tier, 'basic');
    await s.ack();
    assert.equal((await refetched).metadata.a, '1');
    assert.equal(s.reads.length, 1);
  });

  test('a failure is told, and without read there is none', async () => {
    const s = setup({ read: true });
    const refetched = s.store.refetch();
    await turn();
    s.reads[0].reject(UNKNOWN);
    await assert.rejects(refetched, (e) => e === UNKNOWN);
    await assert.rejects(setup().store.refetch(), (e) => isPalmError(e, 'invalid_options'));
  });
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

  test('what is needed', () => {
    for (const missing of [{ send() {}, user: USER }, { userId: USER_ID, send() {} }, { userId: USER_ID, user: USER }]) {
      assert.throws(() => createUserStore(missing), (e) => isPalmError(e, 'invalid_options'));
    }
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
