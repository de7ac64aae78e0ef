// Schemas as one writes them: nested, optional, unions, of every library; and what is no JSON.

import { type } from 'arktype';
import { applyPatch, createPatchSchema, createUserStore, defineMetadata, updateUser, validatePatch, type InputOf, type MetadataRules, type StandardSchema, type User, type UserPatch } from 'palm-user';
import { createGateway } from 'palm-user/edge';
import * as v from 'valibot';
import { z } from 'zod';

declare function schema<T>(): StandardSchema<T, T>;
interface Address {
  city: string;
  zip?: string;
}

const metadata = defineMetadata(
  {
    zod: z.object({ city: z.string(), zip: z.string().optional() }).optional(),
    valibot: v.optional(v.object({ city: v.string(), zip: v.optional(v.string()) })),
    arktype: type({ city: 'string', 'zip?': 'string' }).or('undefined'),
    own: schema<Address>(),
    list: z.array(z.string()).readonly(),
    record: z.record(z.string(), z.number()),
    union: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), count: z.number() }), z.object({ kind: z.literal('b'), name: z.string() })]),
    nullable: z.string().nullable(),
    filled: z.string().default('x'),
    coerced: z.coerce.number(),
    json: z.json(),
    any: z.any(),
    1: schema<string>(),
    ['__proto__']: schema<string>(),
  },
  { writable: ['zod', 'list', 'union', 'filled', 'coerced'] },
);
type Mine = typeof metadata extends MetadataRules<infer M, any, any> ? M : never;

// @ts-expect-error unknown is no JSON
defineMetadata({ key: z.unknown() });
// @ts-expect-error nor is a date
defineMetadata({ key: z.date() });
// @ts-expect-error nor a map
defineMetadata({ key: z.map(z.string(), z.string()) });
// @ts-expect-error nor a bigint
defineMetadata({ key: z.bigint() });
// @ts-expect-error nor what holds one
defineMetadata({ key: z.object({ deep: z.array(z.bigint()) }) });
// @ts-expect-error nor a function
defineMetadata({ key: schema<{ call: () => void }>() });
// @ts-expect-error nor undefined in a list
defineMetadata({ key: schema<(string | undefined)[]>() });

const patch: UserPatch<Mine> = { metadata: { zod: { city: 'Bonn' }, valibot: null, own: { city: 'Bonn' }, list: ['a'], union: { kind: 'b', name: '' }, coerced: 3, any: [] } };
// @ts-expect-error a member of the other half of the union
const mixed: UserPatch<Mine> = { metadata: { union: { kind: 'b', count: 1 } } };
// @ts-expect-error what the schema takes is not what is written
const typed: UserPatch<Mine> = { metadata: { coerced: '3' } };
// @ts-expect-error a number in a list of strings
const list: UserPatch<Mine> = { metadata: { list: [1] } };
// @ts-expect-error undefined is not the same as left out
const unset: UserPatch<Mine> = { metadata: { list: undefined } };

declare const user: User<Mine>;
const city: string | undefined = user.metadata.zod?.city;
// @ts-expect-error the key may be absent
user.metadata.zod.city;
// @ts-expect-error nothing of a user is written to
user.metadata.nullable = 'x';
applyPatch(user, patch, { metadata });
validatePatch(patch, { metadata, current: user });
updateUser('palm_usr_1', patch, { metadata, current: user });

const store = createUserStore({ userId: 'me', user, metadata, send: (id, sent, { signal }) => updateUser(id, sent, { metadata, signal }) });
store.edit({ metadata: { zod: { city: 'Bonn' } } });
// @ts-expect-error a misspelt member
store.edit({ metadata: { zod: { town: 'Bonn' } } });
// @ts-expect-error the server's key
store.edit({ metadata: { nullable: 'x' } });
const shown: string | undefined = store.field('metadata.zod').value?.city;

const form = createPatchSchema({ metadata });
const input: InputOf<typeof form> = { metadata: { zod: { city: '' }, filled: 'x', coerced: 'anything' } };

createGateway({ apiKey: undefined, identify: () => undefined, metadata, check: ({ metadata: given }) => (given?.zod?.city === '' ? [{ path: ['metadata', 'zod'], message: 'Name the city.' }] : undefined) });

export { city, input, list, mixed, shown, typed, unset };
