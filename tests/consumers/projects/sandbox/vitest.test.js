import { updateUser } from 'palm-user';
import { createSandbox } from 'palm-user-sandbox';
import { expect, test } from 'vitest';

const sandbox = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });

test('a user is updated, and a lost answer is made good', async () => {
  const options = { apiKey: 'sk_test_vitest', fetch: sandbox.fetch, headers: { 'sandbox-fault': 'drop=after; times=1; id=lost' } };
  const user = await updateUser('ada', { display_name: 'Ada Lovelace' }, options);
  expect(user.display_name).toBe('Ada Lovelace');
});
