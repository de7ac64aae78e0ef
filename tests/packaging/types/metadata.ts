// Metadata of one's own, by type argument: what compiles, and what must not.

import { applyPatch, createPatchSchema, createUserStore, defineMetadata, updateUser, validatePatch, type PatchInput, type StandardSchema, type User, type UserPatch } from 'palm-user';
import { createGateway } from 'palm-user/edge';

declare function schema<T>(): StandardSchema<T, T>;
declare function converting<I, O>(): StandardSchema<I, O>;

export const metadata = defineMetadata(
  {
    customer_tier: schema<'basic' | 'premium'>(),
    notes: schema<string | undefined>(),
    age: converting<string, number>(),
  },
  { writable: ['notes', 'age'] },
);
type Mine = { customer_tier: 'basic' | 'premium'; notes: string | undefined; age: number };

const patch: UserPatch<Mine> = { metadata: { customer_tier: 'premium', notes: null, age: 3 }, display_name: 'Ada' };
declare const user: User<Mine>;
const tier: 'basic' | 'premium' | undefined = user.metadata.customer_tier;
const after: User<Mine> = applyPatch(user, patch, { metadata });
const stored: Promise<User<Mine>> = updateUser('palm_usr_1', { metadata: { age: 3 } }, { metadata, apiKey: 'sk_test_0' });
validatePatch(patch, { metadata, current: user });

// @ts-expect-error a misspelt key
const misspelt: UserPatch<Mine> = { metadata: { custmer_tier: 'premium' } };
// @ts-expect-error a value that the schema does not give
const value: UserPatch<Mine> = { metadata: { customer_tier: 'gold' } };
// @ts-expect-error a key that cannot be removed
const removed: UserPatch<Mine> = { metadata: { age: null } };
// @ts-expect-error a misspelt key, where the rules are an option
applyPatch(user, { metadata: { custmer_tier: 'premium' } }, { metadata });
// @ts-expect-error the same of the call
updateUser('palm_usr_1', { metadata: { custmer_tier: 'premium' } }, { metadata });
// @ts-expect-error a misspelt key of a user
user.metadata.custmer_tier;
// @ts-expect-error only keys that have a schema can be marked
defineMetadata({ notes: schema<string>() }, { writable: ['nots'] });
// @ts-expect-error a schema must give JSON
defineMetadata({ at: schema<Date>() });

// A page has the writable keys only.
const store = createUserStore({ userId: 'me', user, metadata, send: (id, sent, { signal }) => updateUser(id, sent, { metadata, signal }) });
store.edit({ metadata: { notes: 'hi', age: 3 } });
const notes: string | undefined = store.field('metadata.notes').value;
// @ts-expect-error the server's key
store.edit({ metadata: { customer_tier: 'premium' } });
// @ts-expect-error a misspelt key
store.edit({ metadata: { nots: 'hi' } });
// @ts-expect-error a misspelt field
store.field('metadata.nots');
// @ts-expect-error the server's key in what a form gives
store.editTo({ metadata: { customer_tier: 'premium' } });

const form = createPatchSchema({ metadata });
type Form = NonNullable<(typeof form)['~standard']['types']>;
const input: Form['input'] = { metadata: { notes: 'hi', age: '3' }, display_name: 'Ada' };
const output: Form['output'] = { metadata: { notes: null, age: 3 } };
// @ts-expect-error the server's key
const foreign: Form['input'] = { metadata: { customer_tier: 'premium' } };
const open: PatchInput = { metadata: { any: 'key' } };

createGateway({ apiKey: undefined, identify: () => undefined, metadata, check: (given) => (given.metadata?.notes === 'x' ? [{ path: ['metadata', 'notes'], message: 'Not x.' }] : []) });
// @ts-expect-error the server's key is in no patch of a page
createGateway({ apiKey: undefined, identify: () => undefined, metadata, check: (given) => void given.metadata?.customer_tier });
// @ts-expect-error a misspelt key
createGateway({ apiKey: undefined, identify: () => undefined, metadata, visible: { metadata: ['custmer_tier'] } });

// Without any of it, nothing changes.
const anything: UserPatch = { metadata: { any: { nested: [1, null] } } };

export { after, anything, foreign, input, misspelt, notes, open, output, removed, stored, tier, value };
