// The key as a function: late, failing, interrupted. Nothing is sent then.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';

import { getUser, isPalmError, updateUser } from 'palm-user';

const USER = { id: 'x', object: 'user', created_at: '2025-10-24T10:30:00Z', updated_at: '2025-10-24T10:30:00Z', metadata: {}, status: 'active' };
const never = () => new Promise(() => {});

for (const [name, start] of [
  ['updateUser', (options) => updateUser('palm_usr_1', { display_name: 'Ada' }, options)],
  ['getUser', (options) => getUser('palm_usr_1', options)],
]) {
  describe(name, () => {
    /** The error of a call, and how often something was sent. */
    async function failed(options) {
      let sent = 0;
      const fetch = async () => (sent++, Response.json(USER));
      const alive = setInterval(() => {}, 1000);
      const error = await start({ maxRetries: 0, fetch, ...options }).then(() => 'no error', (thrown) => thrown);
      clearInterval(alive);
      return { error, sent };
    }

    test('a key that never comes ends with totalTimeoutMs', { timeout: 20_000 }, async () => {
      const { error, sent } = await failed({ apiKey: never, totalTimeoutMs: 20 });
      assert.ok(isPalmError(error, 'timeout'), String(error));
      assert.deepEqual([error.outcome, sent], ['not_sent', 0]);
      assert.match(error.message, /totalTimeoutMs/);
    });

    test('a signal ends it', { timeout: 20_000 }, async () => {
      const controller = new AbortController();
      const asked = () => {
        controller.abort();
        return never();
      };
      const { error, sent } = await failed({ apiKey: asked, signal: controller.signal });
      assert.ok(isPalmError(error, 'aborted'), String(error));
      assert.deepEqual([error.outcome, sent], ['not_sent', 0]);
      assert.doesNotMatch(error.message, /totalTimeoutMs/);
    });

    for (const [how, apiKey] of [
      ['throws', () => { throw new Error('sk_test_planted'); }],
      ['rejects', async () => { throw new Error('sk_test_planted'); }],
    ]) {
      test(`a function that ${how} is invalid_api_key, and what it said is not told`, async () => {
        const { error, sent } = await failed({ apiKey });
        assert.ok(isPalmError(error, 'invalid_api_key'), String(error));
        assert.deepEqual([error.outcome, sent], ['not_sent', 0]);
        assert.match(error.message, /fail|threw|function/i);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /planted/);
      });
    }

    test('no limit is left running when the key has come', async () => {
      let listeners = 0;
      const { signal } = new AbortController();
      const { addEventListener, removeEventListener } = signal;
      signal.addEventListener = (...args) => (listeners++, addEventListener.apply(signal, args));
      signal.removeEventListener = (...args) => (listeners--, removeEventListener.apply(signal, args));
      assert.deepEqual(await failed({ apiKey: async () => 'sk_test_0', signal, totalTimeoutMs: 60_000 }), { error: 'no error', sent: 1 });
      assert.equal(listeners, 0);
    });
  });
}
