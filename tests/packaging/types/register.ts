// Metadata of one's own, registered once: every type follows without an argument.

import { applyPatch, createUserStore, defineMetadata, diffUsers, getUser, updateUser, type Metadata, type StandardSchema, type User, type UserPatch, type WritableMetadata } from 'palm-user';
import { createGateway, type GatewayOptions } from 'palm-user/edge';

declare function schema<T>(): StandardSchema<T, T>;

const metadata = defineMetadata({ customer_tier: schema<'basic' | 'premium'>(), notes: schema<string | undefined>() }, { writable: ['notes'] });
declare module 'palm-user' {
  interface Register {
    metadata: typeof metadata;
  }
}

const all: (keyof Metadata)[] = ['customer_tier', 'notes'];
const own: (keyof WritableMetadata)[] = ['notes'];
// @ts-expect-error the server's
own.push('customer_tier');

const patch: UserPatch = { metadata: { customer_tier: 'premium', notes: null } };
declare const user: User;
const tier: 'basic' | 'premium' | undefined = user.metadata.customer_tier;
const after: User = applyPatch(user, patch);
const back: UserPatch = diffUsers(after, user);
const stored: Promise<User> = updateUser('palm_usr_1', patch);
const read: Promise<User> = getUser('palm_usr_1');
// @ts-expect-error a misspelt key
const misspelt: UserPatch = { metadata: { custmer_tier: 'premium' } };
// @ts-expect-error a misspelt key of the call
updateUser('palm_usr_1', { metadata: { custmer_tier: 'premium' } });
// @ts-expect-error and of a user
user.metadata.custmer_tier;

const store = createUserStore({ userId: 'me', user, send: (id, sent, { signal }) => updateUser(id, sent, { signal }) });
store.edit({ metadata: { notes: 'hi' } });
// @ts-expect-error the server's key
store.edit({ metadata: { customer_tier: 'premium' } });
// @ts-expect-error a misspelt key
store.edit({ metadata: { nots: 'hi' } });

const options: GatewayOptions = { apiKey: undefined, identify: () => undefined, metadata, visible: { metadata: ['customer_tier'] } };
createGateway(options);
// @ts-expect-error a misspelt key
createGateway({ apiKey: undefined, identify: () => undefined, metadata, visible: { metadata: ['custmer_tier'] } });

export { after, all, back, metadata, misspelt, read, stored, tier };
