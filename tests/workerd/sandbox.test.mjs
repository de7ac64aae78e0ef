// The sandbox in workerd: users, keys, the vault, the search, and bad input.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

import { fingerprint } from '../../pkg/dist/index.js';
import { sandbox } from './client.mjs';

const box = await sandbox();
after(() => box.dispose());

const FIFTY = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'x']));

describe('a user', () => {
  test('the reference\'s request and answer', async () => {
    const { id, user } = await box.create({ metadata: { external_id: 'user_123_in_my_system', customer_tier: 'basic', signup_source: 'mobile_app' } });
    assert.match(id, /^palm_usr_[0-9a-z]{16}$/);
    assert.match(user.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    const first = await box.patch(id, { metadata: { customer_tier: 'premium', notes: 'VIP customer' }, display_name: 'John Doe' });
    assert.equal(first.status, 200);
    const { updated_at, ...rest } = first.body;
    assert.deepEqual(rest, {
      id: user.id,
      object: 'user',
      created_at: user.created_at,
      metadata: { external_id: 'user_123_in_my_system', customer_tier: 'premium', signup_source: 'mobile_app', notes: 'VIP customer' },
      status: 'active',
      verification: null,
      display_name: 'John Doe',
      email_fingerprint: null,
      phone_fingerprint: null,
      vault: {},
    });
    assert.ok(Date.parse(updated_at) > Date.parse(user.updated_at));
    const second = await box.patch(id, { metadata: { notes: null } });
    assert.deepEqual(Object.keys(second.body.metadata), ['external_id', 'customer_tier', 'signup_source']);
    assert.deepEqual((await box.get(id)).body, second.body);
  });

  test('the UUID leads to it as well', async () => {
    const { id, user } = await box.create();
    assert.deepEqual((await box.get(user.id)).body, user);
    assert.equal((await box.patch(user.id.toUpperCase(), { display_name: 'Ada' })).body.display_name, 'Ada');
    assert.equal((await box.get(id)).body.display_name, 'Ada');
  });

  test('a UUID counts as a whole', async () => {
    const { user } = await box.create();
    const other = user.id.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    assert.equal((await box.get(other)).status, 404);
    assert.equal((await box.patch(other, { display_name: 'x' })).status, 404);
    assert.equal((await box.vault(other, { 'identity.first_name': 'x' })).status, 404);
    assert.deepEqual((await box.get(user.id)).body, user);
  });

  test('two hundred concurrent PATCHes lose none', async () => {
    const { id } = await box.create({ metadata: { counter: '0' } });
    const writes = Array.from({ length: 200 }, (_, index) => box.patch(id, { metadata: { [`w${index % 40}`]: `${index}` } }));
    const answers = await Promise.all(writes);
    assert.ok(answers.every(({ status }) => status === 200));
    // Each answer has its own write in it, and no two have the same time.
    answers.forEach(({ body }, index) => assert.equal(body.metadata[`w${index % 40}`], `${index}`));
    assert.equal(new Set(answers.map(({ body }) => body.updated_at)).size, 200);
    const { body } = await box.get(id);
    assert.equal(Object.keys(body.metadata).length, 41);
    // In the order of their times, the writes give the user that is stored.
    const inOrder = answers.map(({ body }, index) => ({ at: body.updated_at, index })).sort((a, b) => (a.at < b.at ? -1 : 1));
    const last = {};
    for (const { index } of inOrder) last[`w${index % 40}`] = `${index}`;
    for (const [key, value] of Object.entries(last)) assert.equal(body.metadata[key], value, key);
  });

  test('two hundred concurrent PATCHes of one user, each with a key of its own', async () => {
    const users = await Promise.all(Array.from({ length: 4 }, () => box.create()));
    const write = (_, index) => box.patch(users[index % 4].id, { metadata: { [`w${index}`]: 'x' } });
    const answers = await Promise.all(Array.from({ length: 200 }, write));
    assert.ok(answers.every(({ status }) => status === 200));
    for (const { id } of users) assert.equal(Object.keys((await box.get(id)).body.metadata).length, 50);
  });

  test('the 51st key is refused after the merge, whoever comes first', async () => {
    const { id } = await box.create({ metadata: { ...FIFTY, k49: null } });
    const answers = await Promise.all(['a', 'b', 'c'].map((key) => box.patch(id, { metadata: { [key]: 'x' } })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
    const refused = answers.find(({ status }) => status === 400);
    assert.deepEqual(refused.body.issues, [{ code: 'too_many_keys', pointer: '/metadata' }]);
    assert.equal(Object.keys((await box.get(id)).body.metadata).length, 50);
    assert.equal((await box.patch(id, { metadata: { k0: null, d: 'x' } })).status, 200);
  });

  test('a key named __proto__ is data', async () => {
    const { id } = await box.create();
    const { status } = await box.patch(id, '{"metadata":{"__proto__":"x","constructor":"y"}}');
    assert.equal(status, 200);
    assert.deepEqual(Object.entries((await box.get(id)).body.metadata), [['__proto__', 'x'], ['constructor', 'y']]);
  });
});

describe('keys', () => {
  test('each has users of its own', async () => {
    const { id } = await box.create({ vault: { 'identity.email': 'shared@example.com' } });
    const other = { key: 'sk_test_two' };
    assert.equal((await box.get(id, other)).status, 404);
    assert.equal((await box.patch(id, { display_name: 'x' }, other)).status, 404);
    assert.equal((await box.vault(id, {}, other)).status, 404);
    assert.deepEqual((await box.search({ email: 'shared@example.com' }, other)).body.data, []);
    assert.equal((await box.search({ email: 'shared@example.com' })).body.data.length, 1);
  });

  for (const [name, key, status] of [['none', null, 401], ['a live key', 'sk_live_x', 403], ['another prefix', 'pk_test_x', 401], ['a prefix alone', 'sk_test_', 401], ['not a token', 'sk test', 401]]) {
    test(`${name}: ${status}`, async () => {
      const answer = await box.send('POST', '/v1/user', {}, { key });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.equal(answer.body.status, status);
      assert.match(answer.body.type, /^https:\/\/api\.getpalm\.com\/problems\//);
      if (key?.endsWith('x')) assert.ok(!JSON.stringify(answer.body).includes(key));
    });
  }
});

describe('the vault', () => {
  test('only unencrypted fields come back; fingerprints are made when it is written', async () => {
    const { id, user } = await box.create({ vault: { 'identity.first_name': 'John', 'identity.email': ' John.Vault@Example.com', 'identity.date_of_birth': '1990-01-01' } });
    assert.deepEqual(user.vault, { 'identity.first_name': 'John' });
    assert.equal(user.email_fingerprint, fingerprint('john.vault@example.com', 'email'));
    assert.equal(user.phone_fingerprint, null);
    const { body } = await box.vault(id, { 'identity.phone': '+1 555 010 0142', 'identity.first_name': null, 'identity.last_name': 'Doe' });
    assert.deepEqual(body.vault, { 'identity.last_name': 'Doe' });
    assert.equal(body.phone_fingerprint, fingerprint('+15550100142'));
    assert.ok(body.updated_at > user.updated_at);
    assert.ok(!JSON.stringify(body).toLowerCase().includes('john.vault'));
  });

  test('the search follows what is written', async () => {
    const first = await box.create({ vault: { 'identity.email': 'moves@example.com', 'identity.phone': '+15550100143' } });
    const second = await box.create({ vault: { 'identity.email': 'MOVES@example.com' } });
    const ids = async (query) => (await box.search(query)).body.data.map(({ id }) => id).sort();
    assert.deepEqual(await ids({ email: 'Moves@example.com ' }), [first.user.id, second.user.id].sort());
    assert.deepEqual(await ids({ phone: '001 555 0100143' }), [first.user.id]);
    await box.vault(first.id, { 'identity.email': 'moved@example.com', 'identity.phone': null });
    assert.deepEqual(await ids({ email: 'moves@example.com' }), [second.user.id]);
    assert.deepEqual(await ids({ email: 'moved@example.com' }), [first.user.id]);
    assert.deepEqual(await ids({ phone: '+15550100143' }), []);
    assert.equal((await box.get(first.id)).body.phone_fingerprint, null);
  });

  for (const [name, vault] of [['an unknown field', { 'identity.shoe_size': '42' }], ['a number', { 'identity.first_name': 5 }], ['no e-mail', { 'identity.email': 'Secret-Value' }], ['a national number', { 'identity.phone': '020 7946 0958' }], ['a list', []], ['a text', 'x'], ['__proto__', JSON.parse('{"__proto__": "x"}')]]) {
    test(`${name} is refused and changes nothing`, async () => {
      const { id, user } = await box.create();
      const answer = await box.vault(id, vault);
      assert.equal(answer.status, 400);
      assert.ok(!JSON.stringify(answer.body).includes('Secret-Value'));
      assert.deepEqual((await box.get(id)).body, user);
      assert.equal((await box.send('POST', '/v1/user', { vault })).status, 400);
    });
  }
});

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

  test('250 refused creations hide nobody from the search', async () => {
    const email = 'crowded@example.com';
    const people = [];
    for (let count = 0; count < 8; count += 1) {
      const refusals = Array.from({ length: 32 }, () => box.send('POST', '/v1/user', { display_name: count, vault: { 'identity.email': email } }));
      for (const { status } of await Promise.all(refusals)) assert.equal(status, 400);
      people.push((await box.create({ vault: { 'identity.email': email } })).user.id);
    }
    const found = (await box.search({ email })).body.data.map(({ id }) => id);
    assert.deepEqual(found.sort(), people.sort());
  });

  test('a user that would be larger than a row is refused, and stays as it was', async () => {
    const { id } = await box.create();
    const large = 'x'.repeat(400_000);
    assert.equal((await box.patch(id, { metadata: { one: large } })).status, 200);
    assert.equal((await box.patch(id, { metadata: { two: large } })).status, 413);
    assert.deepEqual(Object.keys((await box.get(id)).body.metadata), ['one']);
  });
});

test('the search finds a hundred, in pages of the directory', async () => {
  const email = 'many@example.com';
  for (let count = 0; count < 6; count += 1) await Promise.all(Array.from({ length: 20 }, () => box.create({ vault: { 'identity.email': email } })));
  const { data } = (await box.search({ email })).body;
  assert.equal(new Set(data.map(({ id }) => id)).size, 100);
});

test('nothing of an answer is kept by a cache or taken for another type', async () => {
  const { id } = await box.create();
  const answers = [await box.get(id), await box.get('nobody'), await box.send('OPTIONS', `/v1/user/${id}`), await box.get(id, { key: null }), await box.get(id, { headers: { 'sandbox-fault': 'body=html' } }).catch(() => undefined)];
  for (const answer of answers) {
    if (answer === undefined) continue;
    assert.match(answer.headers.get('cache-control'), /^no-store/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  }
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

describe('bad input', () => {
  const bodies = [
    ['no JSON', '{', 400], ['nothing', '', 400], ['null', 'null', 400], ['a list', '[]', 400], ['a field that is not writable', { status: 'deleted' }, 400],
    ['a number as name', { display_name: 5 }, 400], ['51 keys', { metadata: { ...FIFTY, x: 'x' } }, 400], ['over a mebibyte', JSON.stringify({ display_name: 'x'.repeat(1 << 20) }), 413],
  ];
  for (const [name, body, status] of bodies) {
    test(`a patch that is ${name}: ${status}`, async () => {
      const { id, user } = await box.create();
      const answer = await box.patch(id, body);
      assert.equal(answer.status, status);
      assert.equal(answer.body.status, status);
      assert.ok(answer.headers.get('x-request-id'));
      assert.deepEqual((await box.get(id)).body, user);
    });
  }

  test('another content type', async () => {
    const { id } = await box.create();
    for (const type of ['text/plain', 'application/jsonp', 'multipart/form-data']) {
      assert.equal((await box.patch(id, '{}', { headers: { 'content-type': type } })).status, 415);
    }
    assert.equal((await box.patch(id, '{}', { headers: { 'content-type': 'application/json; charset=utf-8' } })).status, 200);
  });

  for (const [method, path, status] of [['GET', '/', 404], ['GET', '/v1', 404], ['GET', '/v2/user/x', 404], ['PATCH', '/v1/user/nobody', 404], ['GET', '/v1/user/%ff', 404], ['GET', '/v1/user/constructor', 404], ['GET', '/v1/user/x/__proto__', 404], ['DELETE', '/v1/user/palm_usr_0000000000000000', 405], ['PUT', '/v1/user', 405], ['GET', '/v1/user/search', 405], ['GET', '/v1/user/palm_usr_0000000000000000', 404], ['GET', '/v1/user/', 404]]) {
    test(`${method} ${path}: ${status}`, async () => {
      const answer = await box.send(method, path, method === 'GET' ? undefined : {});
      assert.equal(answer.status, status);
      assert.equal(answer.body.status, status);
    });
  }

  for (const query of [{}, { email: 5 }, { email: 'x@example.com', phone: '+15550100100' }, { name: 'x' }, { email: 'no address' }, []]) {
    test(`the search ${JSON.stringify(query)}`, async () => assert.equal((await box.search(query)).status, 400));
  }
});

test('a preflight allows what the package sends', async () => {
  const response = await fetch(`${box.url}/v1/user/palm_usr_0000000000000000`, { method: 'OPTIONS', headers: { origin: 'https://example.com', 'access-control-request-method': 'PATCH' } });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  assert.match(response.headers.get('access-control-allow-methods'), /PATCH/);
  for (const name of ['authorization', 'content-type', 'sandbox-fault']) assert.ok(response.headers.get('access-control-allow-headers').includes(name));
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
