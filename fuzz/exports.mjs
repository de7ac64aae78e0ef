// Every export, on values nobody should hand over: a report or a PalmError and
// nothing else; no input written to; the instance right afterwards. What is
// plain JSON is held against a naive model.

import { generator, randomFrom } from './values.mjs';

const USER = { id: 'x', object: 'user', created_at: 'x', updated_at: 'x', metadata: { a: '1', b: '2' }, status: 'active', vault: { v: 'w' } };
const HASH = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

/** As one would write it in a minute. For JSON only. */
function model(user, patch) {
  const copy = structuredClone(user);
  for (const key of Object.keys(patch.metadata ?? {})) {
    const value = patch.metadata[key];
    if (value === null) delete copy.metadata[key];
    else Object.defineProperty(copy.metadata, key, { value: structuredClone(value), enumerable: true, configurable: true, writable: true });
  }
  if ('display_name' in patch) copy.display_name = patch.display_name;
  return copy;
}

/**
 * Runs for so many inputs, or until `until()` says so; `{inputs, refused, compared}`.
 * Throws with the seed of the input that broke a promise.
 */
export async function fuzz(palm, { seed, inputs = Infinity, until = () => false }) {
  const counts = { inputs: 0, refused: 0, compared: 0 };
  const natives = Object.getOwnPropertyNames(Object.prototype).join();
  const fetch = async () => Response.json(USER);

  /** A result, or a PalmError; anything else is a find. */
  const tried = (run) => {
    counts.inputs++;
    try {
      return { result: run() };
    } catch (error) {
      if (!palm.isPalmError(error) || error.code === 'internal' || error.outcome !== 'not_sent') throw error;
      counts.refused++;
      return {};
    }
  };

  for (let round = seed; counts.inputs < inputs && !(round % 64 === 0 && until()); round++) {
    const random = randomFrom(round);
    let isInside = false;
    const make = generator(random, () => {
      if (isInside) return;
      // A getter that calls back, once and not for ever.
      isInside = true;
      tried(() => palm.validatePatch({ metadata: { a: 'x' } }));
      tried(() => palm.applyPatch(USER, { metadata: { a: 'x' } }));
      isInside = false;
    });
    try {
      const patch = make.patch();
      const other = make.patch();
      const user = make.user();
      const options = random() < 0.7 ? undefined : make.value(3);
      const report = palm.validatePatch(patch, options);
      counts.inputs++;
      if (typeof report.valid !== 'boolean' || report.valid !== (report.errors.length === 0)) throw new Error('a report that is none');
      tried(() => palm.applyPatch(user, patch, options));
      tried(() => palm.composePatches(patch, other));
      tried(() => palm.diffUsers(user, make.user()));
      tried(() => palm.invertPatch(patch, user));
      tried(() => palm.fingerprint(make.value(2), make.pick(['exact', 'email', 'phone', undefined, make.value(1)])));
      tried(() => palm.fingerprintMany(random() < 0.5 ? Array.from({ length: Math.floor(random() * 300) }, () => make.value(0)) : make.value(2), make.pick(['exact', 'email', 'phone'])));
      tried(() => palm.patchSchema['~standard'].validate(patch));
      compare(palm, random, counts, tried);
      if (round % 16 === 0) await call(palm, make, fetch, counts);
      if (make.writes() > 0) throw new Error('an input was written to');
      const right = palm.fingerprint('a') === HASH && palm.applyPatch(USER, { metadata: { a: 'z' } }).metadata.a === 'z';
      if (!right) throw new Error('the instance is no longer right');
    } catch (error) {
      throw new Error(`seed ${round}: ${error?.stack ?? String(error)}`, { cause: error });
    }
  }
  if (Object.getOwnPropertyNames(Object.prototype).join() !== natives) throw new Error('Object.prototype was changed');
  return counts;
}

/** Plain JSON, where the rules and the model must agree. */
function compare(palm, random, counts, tried) {
  const keys = ['a', 'b', 'c', '__proto__', 'constructor', '0', '', 'é'];
  const values = ['x', 'y', null, 1, true, ['x'], { a: null }];
  const pairs = (from) => JSON.parse(`{${from.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`);
  const some = (list, allowed) => list.filter(() => random() < 0.5).map((key) => [key, allowed[Math.floor(random() * allowed.length)]]);
  const user = { ...USER, metadata: pairs(some(keys, values.filter((value) => value !== null))) };
  const patch = { metadata: pairs(some(keys, values)), ...(random() < 0.5 && { display_name: 'Ada' }) };
  const { result } = tried(() => palm.applyPatch(user, patch));
  const [ours, theirs] = [JSON.stringify(result), JSON.stringify(model(user, patch))];
  if (ours !== theirs) throw new Error(`${ours} instead of ${theirs}`);
  const there = palm.applyPatch(user, palm.diffUsers(user, result));
  const sorted = (of) => JSON.stringify({ ...of, metadata: Object.entries(of.metadata).sort() });
  if (sorted(there) !== sorted(result)) throw new Error('the difference does not lead there');
  counts.compared++;
}

async function call(palm, make, fetch, counts) {
  counts.inputs++;
  const options = make.pick([make.value(3), { fetch, baseUrl: 'https://gateway.example.com' }]);
  try {
    // Most options are refused; where they are not, nothing leaves this place.
    await palm.updateUser(make.value(1), make.patch(), options);
  } catch (error) {
    if (!palm.isPalmError(error) || error.code === 'internal') throw error;
    counts.refused++;
  }
}
