import { updateUser } from 'palm-user';
import { createSandbox } from 'palm-user-sandbox';

const sandbox = createSandbox({ users: [{ userId: 'palm_usr_1a2b3c4d5e6f7g8h', display_name: 'Ada' }] });

const user = await updateUser(
  'palm_usr_1a2b3c4d5e6f7g8h',
  { display_name: 'Ada Lovelace' },
  { apiKey: 'sk_test_0', fetch: sandbox.fetch },
);
console.log(user.display_name); // Ada Lovelace
