// What must not compile: TypeScript reports an expected error that does not come.

import { applyPatch, createUserStore, fingerprint, updateUser, type User, type UserPatch } from 'palm-user';
import { createGateway } from 'palm-user/edge';

declare const user: User;

// @ts-expect-error a number is no display name
const name: UserPatch = { display_name: 12 };
// @ts-expect-error null is no documented display name
const removed: UserPatch = { display_name: null };
// @ts-expect-error an unknown field
const field: UserPatch = { displayName: 'Ada' };
// @ts-expect-error metadata is no JSON
const value: UserPatch = { metadata: { when: new Date() } };
// @ts-expect-error nothing of a user is written to
user.metadata['tier'] = 'gold';
// @ts-expect-error nor the user itself
user.status = 'deleted';
// @ts-expect-error a user has metadata
applyPatch({}, { display_name: 'Ada' });
// @ts-expect-error a kind that there is not
fingerprint('a', 'sha1');
// @ts-expect-error a misspelt option
updateUser('u', {}, { apikey: 'sk_test_0' });
// @ts-expect-error undefined is not the same as left out
updateUser('u', {}, { timeoutMs: undefined });
// @ts-expect-error a store needs a way to send
createUserStore({ user });
// @ts-expect-error the key has no default
createGateway({ identify: () => undefined });
// @ts-expect-error a misspelt option
createGateway({ apiKey: 'sk_test_0', identify: () => undefined, allowedOrigin: [] });

export { field, name, removed, value };
