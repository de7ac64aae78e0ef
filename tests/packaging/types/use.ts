// What a user writes, under the strictest settings.

import {
  applyPatch,
  createUserStore,
  diffUsers,
  fingerprint,
  fingerprintMany,
  invertPatch,
  isPalmError,
  patchSchema,
  updateUser,
  validatePatch,
  type ErrorCode,
  type Json,
  type Report,
  type UpdateUserOptions,
  type User,
  type UserPatch,
} from 'palm-user';
import { createGateway, type Gateway, type GatewayOptions } from 'palm-user/edge';

declare const user: User;

const patch: UserPatch = { metadata: { tier: 'gold', notes: null }, display_name: 'Ada' };
const report: Report = validatePatch(patch, { current: user, limits: { maxKeys: 50 } });
const first: string | undefined = report.errors[0]?.pointer;
const after: User = applyPatch(user, patch);
const tier: Json | undefined = after.metadata['tier'];
// A type of one's own comes out as it went in.
const mine: { metadata: { a: string }; mine: number } = applyPatch({ metadata: { a: 'b' }, mine: 1 }, patch);
const small: UserPatch = diffUsers(user, after);
const { patch: inverse, lossy } = invertPatch(patch, user);
const one: string = fingerprint(new Uint8Array(3));
const many: string[] = fingerprintMany(['a@b.c'] as const, 'email');
const options: UpdateUserOptions = { apiKey: async () => 'sk_test_0', signal: AbortSignal.timeout(1), fetch: (url, init) => fetch(url, init) };
const stored: Promise<User> = updateUser('palm_usr_1', patch, options);

const store = createUserStore({ userId: 'palm_usr_1', user, send: (id, sent, { signal }) => updateUser(id, sent, { signal }) });
const stop: () => void = store.subscribe(() => undefined);
const shown: User = store.getSnapshot().user;

stored.catch((error: unknown) => {
  if (isPalmError(error, 'rate_limited')) {
    const code: 'rate_limited' = error.code;
    const wait: number | undefined = error.retryAfterMs;
    return [code, wait];
  }
  const all: ErrorCode | undefined = isPalmError(error) ? error.code : undefined;
  return all;
});

const settings: GatewayOptions = { apiKey: 'sk_test_0', authorize: () => 'unauthenticated' };
const gateway: (request: Request) => Promise<Response> = createGateway(settings);
const ofThePerson: Gateway = createGateway({ ...settings, identify: async () => undefined, writable: { metadata: ['notes'] }, onRequest: ({ code }) => void code });
const checked = patchSchema['~standard'].validate({});

export { checked, first, gateway, ofThePerson, inverse, lossy, many, mine, one, shown, small, stop, store, tier };
