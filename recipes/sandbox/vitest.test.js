import { updateUser } from 'palm-user';
import { createSandbox } from 'palm-user-sandbox';
import { expect, test } from 'vitest';

const sandbox = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });

test('a lost answer is made good', async () => {
  const user = await updateUser('ada', { display_name: 'Ada Lovelace' }, {
    apiKey: 'sk_test_lost_answer', // a key of its own: other tests have other users
    fetch: sandbox.fetch,
    headers: { 'sandbox-fault': 'drop=after; times=1; id=lost' },
  });
  expect(user.display_name).toBe('Ada Lovelace');
});
