// What the first store did wrong, one case each. The scripts are judged by the
// oracle; what a script cannot say is here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { PalmError, createUserStore, isPalmError } from 'palm-user';

import { SCRIPTS } from './store-oracle/mends.mjs';
import { open } from './store-oracle/page.mjs';
import { replaceGlobals } from './store-oracle/time.mjs';
import { USER_ID, World, catchSurprises, run, turn } from './store-oracle/world.mjs';

replaceGlobals();

const error = (code, outcome, more) => new PalmError({ code, message: code, outcome, ...more });
const REFUSED = error('bad_request', 'rejected', { status: 400 });

/** A store over a `send` that the case answers. */
function setup(options = {}) {
  const world = new World(open);
  const user = world.server.user;
  const calls = [];
  const store = createUserStore({
    userId: USER_ID,
    user,
    send: (userId, patch, { signal }) => new Promise((resolve, reject) => calls.push({ userId, patch, signal, resolve, reject })),
    ...options,
  });
  /** The user with other metadata, a second later each time. */
  let time = Date.parse(user.updated_at);
  const later = (metadata) => ({ ...user, metadata: { ...user.metadata, ...metadata }, updated_at: new Date((time += 1000)).toISOString() });
  return { store, calls, user, later, time: world.time };
}

describe('scripts', () => {
  for (const [mend, name, script, { todo = false, ...options } = {}] of SCRIPTS) {
    test(`${mend}. ${name}`, { todo }, async () => {
      catchSurprises();
      await run(script, open, options);
    });
  }
});

test('2. state of another user is refused', () => {
  const { store, user } = setup();
  store.edit({ metadata: { a: '1' } });
  const state = JSON.parse(JSON.stringify(store.dehydrate()));
  const send = () => new Promise(() => {});
  assert.throws(() => createUserStore({ userId: 'palm_usr_other', user, send, state }), (e) => isPalmError(e));
  assert.throws(() => createUserStore({ userId: USER_ID, user: { ...user, id: 'other' }, send, state }), (e) => isPalmError(e));
});

test('2. a user without a shape is refused at the start, and when received', () => {
  const { store, user } = setup();
  const send = () => new Promise(() => {});
  for (const wrong of [null, 5, 'user', [], {}, { ...user, id: '' }, { ...user, metadata: null }, { ...user, metadata: [] }, { ...user, updated_at: undefined }]) {
    assert.throws(() => createUserStore({ userId: USER_ID, user: wrong, send }), (e) => isPalmError(e), JSON.stringify(wrong));
    assert.throws(() => store.receive(wrong), (e) => isPalmError(e, 'invalid_value'), JSON.stringify(wrong));
  }
});

test('3. a send that never ends has a time limit, and the edit stays', async () => {
  const world = new World(open);
  await world.step('deaf yes');
  await world.step('edit a=1');
  const [{ signal }] = world.network.requests;
  await world.step('wait 600000');
  assert.ok(signal.aborted);
  assert.ok(world.network.requests.length + world.network.late.length > 1, 'it was never sent again');
  await world.rest();
});

test('3. onFailure decides otherwise', async () => {
  const { store, calls } = setup({ onFailure: (failure) => (failure.code === 'forbidden' ? 'drop' : undefined) });
  const edit = store.edit({ metadata: { a: '1' } });
  await turn();
  calls[0].reject(error('forbidden', 'rejected', { status: 403 }));
  await assert.rejects(edit.confirmed, (e) => isPalmError(e, 'forbidden'));
  assert.deepEqual(store.getSnapshot().pending, []);
});

test('6. undo under an edit that waits loses nothing', async () => {
  const { store, calls, later } = setup();
  const first = store.edit({ metadata: { a: '1' } });
  await turn();
  calls[0].resolve(later({ a: '1' }));
  await turn();
  const second = store.edit({ metadata: { a: '2' } });
  first.undo();
  second.undo();
  await turn();
  assert.equal(store.getSnapshot().user.metadata.a, '0');
});

test('7. an edit that comes back hours later does not overwrite what somebody else wrote', async () => {
  for (const choice of ['theirs', 'mine']) {
    const world = new World(open);
    await world.step('edit a=1');
    await world.step('answer lost');
    await world.step('foreign a=9');
    // The laptop is shut: no timer runs meanwhile.
    world.time.now += 7_200_000;
    await world.step('event online');
    for (let round = 0; round < 20; round++) {
      await world.step('wait 10000');
      await world.step('read now');
      await world.step('answer stored');
    }
    assert.equal(world.server.user.metadata.a, '9');
    const { conflicts, user } = world.subject.snapshot;
    assert.deepEqual(conflicts.map(({ path, mine, theirs, base }) => ({ path, mine, theirs, base })), [{ path: 'metadata.a', mine: '1', theirs: '9', base: '0' }]);
    assert.equal(user.metadata.a, '1');
    await world.step(`resolve 0 ${choice}`);
    await world.rest();
    assert.equal(world.server.user.metadata.a, choice === 'mine' ? '1' : '9');
  }
});

test('7. a fresh edit is the person\'s last word', async () => {
  const world = new World(open);
  for (const line of ['edit a=1', 'answer lost', 'foreign a=9', 'refetch', 'read now']) await world.step(line);
  assert.deepEqual(world.subject.snapshot.conflicts, []);
  await world.rest();
  assert.equal(world.server.user.metadata.a, '1');
});

test('9. of 1,000 edits one is bad: it goes alone, within 2 requests for each halving', async () => {
  const { store, calls, user } = setup({ limits: { maxKeys: 2000 } });
  const dropped = [];
  const edits = Array.from({ length: 1000 }, (_, index) => store.edit({ metadata: { [`k${index}`]: index === 617 ? 'bad' : '1' } }));
  edits[617].confirmed.catch(() => dropped.push(617));
  let { metadata } = user;
  for (let at = 0; at < 1000; at++) {
    await turn();
    if (calls[at] === undefined) break;
    const { patch, resolve, reject } = calls[at];
    if (Object.values(patch.metadata).includes('bad')) reject(REFUSED);
    else {
      metadata = { ...metadata, ...patch.metadata };
      resolve({ ...user, metadata, updated_at: new Date(Date.parse(user.updated_at) + at + 1).toISOString() });
    }
  }
  assert.deepEqual(dropped, [617]);
  assert.deepEqual(store.getSnapshot().pending, []);
  assert.equal(Object.keys(store.getSnapshot().user.metadata).length, 1000);
  assert.ok(calls.length <= 2 * Math.ceil(Math.log2(1000)) + 2, `${calls.length} requests`);
});

test('9. unsent neighbours of one field are one', async () => {
  const { store, calls } = setup();
  store.pause();
  for (let index = 0; index < 1000; index++) store.edit({ metadata: { a: String(index) } });
  assert.equal(store.getSnapshot().pending.length, 1);
  store.resume();
  await turn();
  assert.deepEqual(calls.map(({ patch }) => patch), [{ metadata: { a: '999' } }]);
});

test('10. what changes nothing is not sent', async () => {
  const { store, calls, user } = setup();
  const edits = [store.edit({}), store.edit({ metadata: {} }), store.edit({ metadata: { a: '0' } }), store.edit({ metadata: { nothing: null } }), store.edit({ display_name: 'Ada' })];
  await turn();
  assert.deepEqual(calls, []);
  assert.equal(store.getSnapshot().user, user);
  for (const { confirmed } of edits) assert.equal(await confirmed, user);
});

test('10. a getter is read once: what is shown is what is sent', async () => {
  const { store, calls } = setup();
  let reads = 0;
  store.edit({ metadata: { get a() { return String(++reads); } } });
  const { a } = store.getSnapshot().user.metadata;
  await turn();
  assert.deepEqual(calls[0].patch, { metadata: { a } });
  assert.deepEqual(store.getSnapshot().pending[0].patch, calls[0].patch);
});

test('10. what is discarded amid the notification "sending" is not sent', async () => {
  const { store, calls } = setup();
  store.subscribe(() => {
    for (const { id, status } of store.getSnapshot().pending) if (status === 'sending') store.discard(id);
  });
  store.edit({ metadata: { a: '1' } });
  await turn();
  assert.deepEqual(calls, []);
  assert.equal(store.getSnapshot().user.metadata.a, '0');
});

test('10. misspelt options are refused, and so are those of a wrong type', () => {
  const { user } = setup();
  const send = () => new Promise(() => {});
  for (const wrong of [{ onerror() {} }, { staleAfterMS: 5 }, { retry: { minDelay: 5 } }, { retry: true }, { onError: 5 }, { read: 'x' }, { timeoutMs: -1 }, { staleAfterMs: NaN }, { userId: undefined }, { userId: '' }, { send: undefined }, { limits: { maxkeys: 1 } }]) {
    assert.throws(() => createUserStore({ userId: USER_ID, user, send, ...wrong }), (e) => isPalmError(e), JSON.stringify(wrong));
  }
});

test('close leaves no timer, no listener and no request, and says so to whoever waits', async () => {
  const { store, calls, time } = setup();
  const edit = store.edit({ metadata: { a: '1' } });
  await turn();
  let told = 0;
  store.subscribe(() => (told += 1));
  const state = store.dehydrate();
  store.close();
  store.close();
  store[Symbol.dispose]();
  assert.ok(calls[0].signal.aborted);
  await assert.rejects(edit.confirmed, (e) => isPalmError(e, 'aborted') && e.outcome === 'unknown');
  await time.advance(86_400_000, turn);
  assert.deepEqual([time.timers, time.listeners, told, calls.length], [0, 0, 0, 1]);
  assert.equal(store.getSnapshot().user.metadata.a, '1');
  assert.deepEqual(store.dehydrate(), state);
});
