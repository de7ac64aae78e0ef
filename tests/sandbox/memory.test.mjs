// The sandbox in memory, as one fetch handler.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as palm from 'palm-user';
import { createMemoryStorage, createSandbox } from 'palm-user-sandbox';

import { clientOf } from './client.mjs';
import { faults } from './faults.mjs';
import { users } from './users.mjs';

const open = (options) => clientOf({ url: 'https://api.getpalm.com', fetch: createSandbox(options).fetch });

users(open, palm);
faults(open, palm);

describe('users to begin with', () => {
  const ada = { userId: 'palm_usr_1a2b3c4d5e6f7g8h', display_name: 'Ada', metadata: { language: 'en' }, vault: { 'identity.email': 'ada@example.com', 'identity.first_name': 'Ada' } };

  test('are found by either ID and by their e-mail, with what was given', async () => {
    const box = open({ users: [{ ...ada, status: 'suspended', created_at: '2025-10-24T10:30:00Z' }] });
    const { status, body } = await box.get('palm_usr_1a2b3c4d5e6f7g8h');
    assert.equal(status, 200);
    assert.deepEqual([body.display_name, body.metadata, body.status, body.created_at, body.vault], ['Ada', { language: 'en' }, 'suspended', '2025-10-24T10:30:00Z', { 'identity.first_name': 'Ada' }]);
    assert.equal(body.email_fingerprint, palm.fingerprint('ada@example.com', 'email'));
    assert.deepEqual((await box.get(body.id)).body, body);
    assert.deepEqual((await box.search({ email: 'ADA@example.com' })).body.data, [body]);
    assert.ok(!JSON.stringify(body).includes('ada@'));
  });

  test('are the same in every account, and then each account’s own', async () => {
    const box = open({ users: [ada] });
    await box.patch(ada.userId, { display_name: 'Ada Lovelace' });
    const names = [(await box.get(ada.userId)).body, (await box.get(ada.userId, { key: 'sk_test_two' })).body].map((user) => user.display_name);
    assert.deepEqual(names, ['Ada Lovelace', 'Ada']);
  });

  test('have the same UUID in every run', async () => {
    const ids = await Promise.all([1, 2].map(async () => (await open({ users: [ada] }).get(ada.userId)).body.id));
    assert.equal(ids[0], ids[1]);
    assert.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('need no ID: the UUID makes one', async () => {
    const box = open({ users: [{ id: '123e4567-e89b-12d3-a456-426614174000' }] });
    assert.equal((await box.get('palm_usr_123e4567e89b12d3')).body.id, '123e4567-e89b-12d3-a456-426614174000');
  });

  for (const [name, users, message] of [
    ['an unknown field', [{ displayName: 'Ada' }], /^users\[0\]: unknown field "displayName"/],
    ['a wrong type', [{}, { display_name: 5 }], /^users\[1\]: .*\/display_name/],
    ['no e-mail', [{ vault: { 'identity.email': 'Secret-Value' } }], /^users\[0\]: identity\.email/],
    ['an ID that no path holds', [{ userId: 'a/b' }], /^users\[0\]: userId/],
    ['no UUID', [{ id: 'x' }], /^users\[0\]: id/],
    ['no object', [null], /^users\[0\]: must be an object/],
    ['one ID twice', [ada, ada], /two users/],
  ]) {
    test(`${name} is refused at once`, () => {
      assert.throws(() => createSandbox({ users }), (error) => error instanceof TypeError && message.test(error.message) && !error.message.includes('Secret-Value'));
    });
  }
});

describe('as fetch', () => {
  const call = { method: 'GET', headers: { authorization: 'Bearer sk_test_one' } };
  const users = [{ userId: 'ada' }];

  test('takes a text, a URL and a Request, and no host', async () => {
    const { fetch } = createSandbox({ users });
    for (const input of ['/v1/user/ada', 'https://api.getpalm.com/v1/user/ada', new URL('http://localhost/v1/user/ada')]) assert.equal((await fetch(input, call)).status, 200, String(input));
    assert.equal((await fetch(new Request('https://x.example/v1/user/ada', call))).status, 200);
  });

  test('an aborted call fails with the reason', async () => {
    const { fetch } = createSandbox({ users });
    const reason = new Error('enough');
    await assert.rejects(fetch('/v1/user/ada', { ...call, signal: AbortSignal.abort(reason) }), reason);
    const slow = fetch('/v1/user/ada', { headers: { ...call.headers, 'sandbox-latency-ms': '60000' }, signal: AbortSignal.timeout(20) });
    await assert.rejects(slow, { name: 'TimeoutError' });
    const stalled = await fetch('/v1/user/ada', { headers: { ...call.headers, 'sandbox-fault': 'body=stall' }, signal: AbortSignal.timeout(50) });
    await assert.rejects(stalled.text(), { name: 'TimeoutError' });
  });
});

describe('a storage in memory', () => {
  test('goes on from what it reported', async () => {
    const kept = new Map();
    const options = () => ({ users: [{ userId: 'ada' }], storage: createMemoryStorage({ entries: kept, onWrite: (key, value) => kept.set(key, value) }) });
    const before = open(options());
    const { id } = await before.create({ vault: { 'identity.phone': '+15550100142' } });
    await before.patch('ada', { display_name: 'Ada' });
    const again = open(options());
    assert.equal((await again.get('ada')).body.display_name, 'Ada');
    assert.equal((await again.search({ phone: '+15550100142' })).body.data.length, 1);
    assert.equal((await again.get(id)).status, 200);
    assert.ok(![...kept].flat().some((text) => text.includes('5550100142') || text.includes('sk_test')));
  });

  test('a write that it cannot keep is not made', async () => {
    let isFull = false;
    const storage = createMemoryStorage({ onWrite: () => { if (isFull) throw new Error('full'); } });
    const box = open({ users: [{ userId: 'ada', display_name: 'Ada' }], storage });
    await box.get('ada');
    isFull = true;
    await assert.rejects(box.patch('ada', { display_name: 'x' }), /full/);
    assert.equal((await box.get('ada')).body.display_name, 'Ada');
  });
});
