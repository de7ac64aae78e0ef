// The sandbox over Durable Objects, in workerd, as it is deployed.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';

import * as palm from '../../pkg/dist/index.js';
import { users } from '../sandbox/users.mjs';
import { sandbox } from './client.mjs';

users(sandbox, palm);

describe('what is refused leaves nothing behind', () => {
  /** The databases of the sandbox: one for each Durable Object that was ever asked anything. */
  const databases = async (folder) => (await readdir(folder, { recursive: true })).filter((name) => /[0-9a-f]{64}\.sqlite$/.test(name)).length;
  const strangers = ['palm_usr_0000000000000000', 'palm_usr_1a2b3c4d5e6f7081', '123e4567-e89b-42d3-a456-426614174000'];

  test('no database of a user that is not there, or that was refused', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'palm-user-'));
    const fresh = await sandbox({ persist: folder });
    try {
      const { id } = await fresh.create({ vault: { 'identity.email': 'here@example.com' } });
      const before = await databases(folder);
      assert.ok(before >= 3, 'the user, the directory, the deployment');
      for (const stranger of strangers) {
        assert.equal((await fresh.get(stranger)).status, 404);
        assert.equal((await fresh.patch(stranger, { display_name: 'x' })).status, 404);
        assert.equal((await fresh.vault(stranger, { 'identity.email': 'x@example.com' })).status, 404);
        const headers = { 'sandbox-fault': 'status=500; times=9; id=stranger' };
        assert.equal((await fresh.get(stranger, { headers })).status, 404);
      }
      assert.equal((await fresh.get(id, { key: 'sk_test_two' })).status, 404);
      for (const body of [{ status: 'active' }, { display_name: 5, vault: { 'identity.email': 'here@example.com' } }, { vault: { x: 'y' } }, '[]', '5', 'null', '"x"']) {
        assert.equal((await fresh.send('POST', '/v1/user', body)).status, 400, JSON.stringify(body));
      }
      assert.equal(await databases(folder), before);
    } finally {
      await fresh.dispose();
      await rm(folder, { recursive: true });
    }
  });
});

describe('deployed', () => {
  test('an address that calls too often is told to wait; one that makes users, sooner', async () => {
    const limited = await sandbox({ rateLimited: true });
    try {
      const from = (address) => ({ headers: { 'cf-connecting-ip': address } });
      const { id } = await limited.create({}, from('192.0.2.1'));
      // More than twice the limit: a minute may end in between.
      const statuses = [];
      for (let count = 0; count < 130; count += 1) statuses.push(await limited.send('POST', '/v1/user', {}, from('192.0.2.1')));
      const refused = statuses.filter(({ status }) => status !== 201);
      assert.ok(refused.length > 0 && refused.every(({ status }) => status === 429));
      assert.equal(refused[0].headers.get('retry-after'), '60');
      assert.equal(refused[0].headers.get('access-control-allow-origin'), '*');
      assert.equal((await limited.get(id, from('192.0.2.1'))).status, 200, 'reading is counted by itself');
      assert.equal((await limited.send('POST', '/v1/user', {}, from('192.0.2.2'))).status, 201, 'by address');
    } finally {
      await limited.dispose();
    }
  });

  test('a sandbox with the secret of a gateway serves nobody', async () => {
    const lines = [];
    const mistaken = await sandbox({ vars: { PALM_API_KEY: 'sk_live_secret' }, log: (line) => lines.push(line) });
    try {
      const answer = await mistaken.send('POST', '/v1/user', {});
      assert.equal(answer.status, 500);
      assert.ok(![JSON.stringify(answer.body), ...lines].some((text) => text.includes('sk_live')));
    } finally {
      await mistaken.dispose();
    }
  });
});

test('the state survives a restart', async () => {
  const persist = await mkdtemp(path.join(tmpdir(), 'palm-user-'));
  try {
    const before = await sandbox({ persist });
    const { id } = await before.create({ vault: { 'identity.email': 'stays@example.com' } });
    const { body } = await before.patch(id, { metadata: { a: '1' } });
    await before.dispose();
    const again = await sandbox({ persist });
    assert.deepEqual((await again.get(id)).body, body);
    assert.equal((await again.search({ email: 'stays@example.com' })).body.data.length, 1);
    await again.dispose();
  } finally {
    await rm(persist, { recursive: true });
  }
});
