// The main job in a terminal, through the package's public API only:
//   node www/terminal.mjs --sandbox http://127.0.0.1:8787

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';

import {
  applyPatch,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  invertPatch,
  isPalmError,
  updateUser,
  validatePatch,
} from '../pkg/dist/index.js';

const { values } = parseArgs({ options: { sandbox: { type: 'string', default: 'http://127.0.0.1:8787' } } });
const baseUrl = values.sandbox;
// Any test key: the sandbox makes an account of each.
const apiKey = `sk_test_demo_${Date.now().toString(36)}`;

const bold = (text) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
const title = (text) => console.log(`\n${bold(text)}`);
const show = (label, value) => console.log(`  ${label.padEnd(12)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);

title('1. A user of the sandbox');
const created = await fetch(`${baseUrl}/v1/user`, {
  method: 'POST',
  headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
  body: JSON.stringify({
    metadata: { external_id: 'user_123_in_my_system', language: 'en', signup_source: 'mobile_app' },
    vault: {
      'identity.first_name': 'John',
      'identity.last_name': 'Doe',
      'identity.email': 'john.doe@example.com',
      'identity.phone': '+1 555 010 0199',
    },
  }),
});
assert.equal(created.status, 201);
const user = await created.json();
const userId = created.headers.get('location').split('/').at(-1);
show('user', userId);
show('metadata', user.metadata);

title('2. A patch, validated before anything is sent');
const patch = {
  metadata: { language: 'de', notes: 'Call after 6 pm' },
  display_name: 'John Doe',
};
const report = validatePatch(patch, { current: user });
assert.ok(report.valid);
show('patch', patch);
show('report', report);

title('3. The optimistic user, before the server has answered');
const optimistic = applyPatch(user, patch);
assert.equal(optimistic.vault, user.vault);
show('metadata', optimistic.metadata);
show('display_name', optimistic.display_name);
show('vault', 'shared with the user before, not copied');

title('4. The request on the wire');
/** Shows what leaves, the key masked. */
async function wire(url, init) {
  const headers = { ...init.headers };
  if (headers.authorization) headers.authorization = 'Bearer sk_test_…';
  show(init.method, url);
  show('headers', headers);
  show('body', init.body);
  const response = await fetch(url, init);
  show('status', String(response.status));
  return response;
}
const confirmed = await updateUser(userId, patch, { apiKey, baseUrl, fetch: wire, current: user });

title('5. The confirmed user');
assert.deepEqual(diffUsers(optimistic, confirmed), {});
show('metadata', confirmed.metadata);
show('display_name', confirmed.display_name);
show('updated_at', confirmed.updated_at);
show('as shown', 'the optimistic user had the same metadata and name');

title('6. A removed key');
const removed = await updateUser(userId, { metadata: { notes: null } }, { apiKey, baseUrl });
assert.ok(!('notes' in removed.metadata));
show('metadata', removed.metadata);
show('undo', invertPatch({ metadata: { notes: null } }, confirmed).patch);
show('both as one', composePatches(patch, { metadata: { notes: null } }));

title('7. A refused patch: nothing was sent');
const refused = await updateUser(
  userId,
  { displayName: 'Jane', metadata: { tier: Number.NaN, since: new Date(0) } },
  { apiKey, baseUrl },
).catch((error) => error);
assert.ok(isPalmError(refused, 'invalid_patch'));
assert.equal(refused.outcome, 'not_sent');
show('error', `${refused.code}, ${refused.outcome}`);
for (const issue of refused.issues) show(issue.pointer, `${issue.code}: ${issue.message}`);

title('8. A 429, obeyed and retried');
const retried = await updateUser(userId, { metadata: { attempts: 'two' } }, {
  apiKey,
  baseUrl,
  headers: { 'sandbox-fault': `status=429; times=1; retry-after=1; id=demo-${Date.now()}` },
  onAttempt: ({ attempt, status, retryInMs, durationMs }) => {
    const next = retryInMs === undefined ? '' : `, again in ${retryInMs} ms`;
    show(`attempt ${attempt}`, `status ${status} after ${durationMs.toFixed(1)} ms${next}`);
  },
});
assert.equal(retried.metadata.attempts, 'two');

title('9. Fingerprints, made here and there');
const local = fingerprint(' John.Doe@Example.com', 'email');
assert.equal(local, confirmed.email_fingerprint);
show('e-mail', local);
show('phone', fingerprint('001 (555) 010-0199', 'phone'));
const [one, two, three] = fingerprintMany(['a@example.com', 'b@example.com', 'A@Example.com'], 'email');
assert.ok(one === three && one !== two);
show('duplicates', 'values 0 and 2 of three have the same fingerprint');

console.log(`
${bold('Try it yourself')}
  curl -X PATCH ${baseUrl}/v1/user/${userId} \\
    -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' \\
    -d '{"metadata":{"language":"fr"}}'
`);
