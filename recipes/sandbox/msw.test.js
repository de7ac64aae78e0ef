import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { http } from 'msw';
import { setupServer } from 'msw/node';
import { getUser, isPalmError, updateUser } from 'palm-user';
import { createSandbox } from 'palm-user-sandbox';

const sandbox = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });
const server = setupServer(http.all('https://api.getpalm.com/*', ({ request }) => sandbox.fetch(request)));
server.listen({ onUnhandledRequest: 'error' });
after(() => server.close());

const options = { apiKey: 'sk_test_msw', maxRetries: 0 };

test('the call goes to Palm’s own address, and the sandbox answers', async () => {
  assert.equal((await updateUser('ada', { display_name: 'Ada Lovelace' }, options)).display_name, 'Ada Lovelace');
  assert.equal((await getUser('ada', options)).display_name, 'Ada Lovelace');
  const refused = await updateUser('ada', { display_name: 'x' }, { ...options, headers: { 'sandbox-fault': 'status=429; retry-after=9' } }).catch((error) => error);
  assert.ok(isPalmError(refused, 'rate_limited') && refused.retryAfterMs === 9000);
});
