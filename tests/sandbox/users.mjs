// What the sandbox promises of users, keys, the vault, the search and bad input,
// whatever keeps its users.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

const FIFTY = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'x']));

/** The suite for a sandbox that `open` gives, and `fingerprint` of palm-user. */
export function users(open, { fingerprint }) {
  let box;
  before(async () => {
    box = await open();
  });
  after(() => box.dispose());

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

  describe('a refused write', () => {
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
    const response = await box.fetch(`${box.url}/v1/user/palm_usr_0000000000000000`, { method: 'OPTIONS', headers: { origin: 'https://example.com', 'access-control-request-method': 'PATCH' } });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.match(response.headers.get('access-control-allow-methods'), /PATCH/);
    for (const name of ['authorization', 'content-type', 'sandbox-fault']) assert.ok(response.headers.get('access-control-allow-headers').includes(name));
  });
}
