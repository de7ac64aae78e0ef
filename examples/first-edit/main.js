import { createUserStore, getUser, updateUser } from 'palm-user';
import { createSandbox } from 'palm-user-sandbox';

// Palm, in this page. In production, leave out these two lines and set baseUrl to your gateway.
const sandbox = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });
const options = { apiKey: 'sk_test_0', dangerouslyAllowBrowser: true, fetch: sandbox.fetch };

const store = createUserStore({
  userId: 'ada',
  user: await getUser('ada', options),
  send: (id, patch, { signal }) => updateUser(id, patch, { ...options, signal }),
});
const [name, state] = ['name', 'state'].map((id) => document.getElementById(id));

function show() {
  const { user, pending } = store.getSnapshot();
  state.value = `${user.display_name}: ${pending.length > 0 ? 'saving' : 'saved'}`;
}
store.subscribe(show);
name.value = store.getSnapshot().user.display_name;
name.onchange = () => store.edit({ display_name: name.value });
show();
