const { updateUser } = require('palm-user');
const { createSandbox } = require('palm-user-sandbox');

const sandbox = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });

test('a user is updated', async () => {
  const user = await updateUser('ada', { display_name: 'Ada Lovelace' }, { apiKey: 'sk_test_jest', fetch: sandbox.fetch });
  expect(user.display_name).toBe('Ada Lovelace');
});
