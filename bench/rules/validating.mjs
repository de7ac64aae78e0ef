// validatePatch beside validators. These check the shape and the 50 keys of the
// patch. With `, limits` they check all four limits as well, and with `, current` they
// count the keys that the user will have. None of them knows lone surrogates, class
// instances or the status of a user, as we do.

import * as v from 'valibot';
import * as z from 'zod';

import { validatePatch } from 'palm-user';

import { arktype } from './arktype.mjs';
import { group } from './group.mjs';
import { LIMITS, current, numeric, refused, validations } from './inputs.mjs';

const schema = () => z.strictObject({
  metadata: z.record(z.string(), z.string().nullable()).refine((metadata) => Object.keys(metadata).length <= 50).optional(),
  display_name: z.string().optional(),
});
const zodWithEval = schema();
z.config({ jitless: true });
const zod = schema();
const valibot = v.strictObject({
  metadata: v.optional(v.pipe(v.record(v.string(), v.nullable(v.string())), v.check((metadata) => Object.keys(metadata).length <= 50))),
  display_name: v.optional(v.string()),
});

const { maxKeys, maxKeyLength, maxValueLength, maxDisplayNameLength } = LIMITS.limits;
const zodWithLimits = z.strictObject({
  metadata: z.record(z.string().max(maxKeyLength), z.string().max(maxValueLength).nullable()).refine((metadata) => Object.keys(metadata).length <= maxKeys).optional(),
  display_name: z.string().max(maxDisplayNameLength).optional(),
});
const valibotWithLimits = v.strictObject({
  metadata: v.optional(v.pipe(v.record(v.pipe(v.string(), v.maxLength(maxKeyLength)), v.nullable(v.pipe(v.string(), v.maxLength(maxValueLength)))), v.check((metadata) => Object.keys(metadata).length <= maxKeys))),
  display_name: v.optional(v.pipe(v.string(), v.maxLength(maxDisplayNameLength))),
});
/** Whether a patch obeys the limits, for whoever merges without a check of its own. */
export const isWithinLimits = (patch) => v.safeParse(valibotWithLimits, patch).success;

// The user's keys are counted instead of the patch's.
const zodUncounted = z.strictObject({ metadata: z.record(z.string(), z.string().nullable()).optional(), display_name: z.string().optional() });
const valibotUncounted = v.strictObject({ metadata: v.optional(v.record(v.string(), v.nullable(v.string()))), display_name: v.optional(v.string()) });

/** Whether a user may have so many keys: 50, or no more than before. */
function allowsKeys({ metadata: before }, { metadata = {} }) {
  const count = Object.keys(before).length;
  let after = count;
  for (const key in metadata) {
    const isStored = Object.hasOwn(before, key);
    if (metadata[key] === null) after -= isStored ? 1 : 0;
    else after += isStored ? 0 : 1;
  }
  return after <= 50 || after <= count;
}

/** As one would write it: it knows neither lone surrogates nor class instances. */
function byHand(patch) {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return false;
  for (const field in patch) if (field !== 'metadata' && field !== 'display_name') return false;
  const { metadata, display_name } = patch;
  if (display_name !== undefined && typeof display_name !== 'string') return false;
  if (metadata === undefined) return true;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return false;
  let count = 0;
  for (const key in metadata) {
    if (metadata[key] !== null && typeof metadata[key] !== 'string') return false;
    if (metadata[key] !== null) count++;
  }
  return count <= 50;
}

const PEERS = {
  'a check, by hand': byHand,
  'zod, jitless': (patch) => zod.safeParse(patch).success,
  valibot: (patch) => v.safeParse(valibot, patch).success,
  'arktype, jitless': arktype,
};

const PEERS_WITH_LIMITS = {
  'zod, jitless, limits': (patch) => zodWithLimits.safeParse(patch).success,
  'valibot, limits': isWithinLimits,
};
const PEERS_OF_A_USER = {
  'zod, jitless, current': (patch, user) => zodUncounted.safeParse(patch).success && allowsKeys(user, patch),
  'valibot, current': (patch, user) => v.safeParse(valibotUncounted, patch).success && allowsKeys(user, patch),
};

/** These make code of a schema, which a Worker and a strict policy forbid. */
async function compiled() {
  const { default: Ajv } = await import('ajv');
  const metadata = { type: 'object', additionalProperties: { type: ['string', 'null'] }, maxProperties: 50 };
  const properties = { metadata, display_name: { type: 'string' } };
  return {
    'ajv, with eval': new Ajv({ allowUnionTypes: true }).compile({ type: 'object', additionalProperties: false, properties }),
    'zod, with eval': (patch) => zodWithEval.safeParse(patch).success,
  };
}

export async function validating({ evaluates }) {
  const peers = { ...PEERS, ...(evaluates && (await compiled())) };
  const all = [...validations, ['2 keys, another issue each time', refused]];
  return all.map(([name, patches]) => {
    const numbers = numeric(patches);
    const users = current(patches);
    const options = users.map((user) => ({ current: user }));
    const both = options.map((option) => ({ ...option, ...LIMITS }));
    const ours = {
      'palm-user': (index) => validatePatch(patches[index]).valid,
      'palm-user, {}': (index) => validatePatch(patches[index], {}).valid,
      'palm-user, current': (index) => validatePatch(patches[index], options[index]).valid,
      'palm-user, limits': (index) => validatePatch(patches[index], LIMITS).valid,
      'palm-user, both': (index) => validatePatch(patches[index], both[index]).valid,
    };
    // With a warning for each of them.
    if (!/invalid|issue/.test(name)) ours['palm-user, numbers'] = (index) => validatePatch(numbers[index]).valid;
    const theirs = Object.fromEntries(Object.entries({ ...peers, ...PEERS_WITH_LIMITS, ...PEERS_OF_A_USER }).map(([who, run]) => [who, (index) => run(patches[index], users[index])]));
    return group(`validatePatch: ${name}`, { ...ours, ...theirs });
  });
}
