// What the rules say of arguments that are data, written from their documentation
// in the plainest JavaScript. It shares nothing with the package: where the two
// differ, one of them is wrong.

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));
const MAX_DEPTH = 64;
const MAX_ISSUES = 100;
const DEFAULTS = { maxKeys: 50, maxKeyLength: Infinity, maxValueLength: Infinity, maxDisplayNameLength: Infinity };
const WARNINGS = new Set(['empty_patch', 'undocumented_value', 'unsafe_key', 'ignored_undefined', 'user_not_active']);

const isWellFormed = (text) => !/\p{Surrogate}/u.test(text);
const codePoints = (text) => [...text].length;

/** What JSON makes of a value, or the reason why it makes nothing of it. */
export function kindOf(value) {
  if (value === null) return 'null';
  if (typeof value === 'string') return isWellFormed(value) ? 'string' : 'ill-formed';
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : 'not finite';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return 'array';
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null ? 'object' : 'instance';
}

const isScalar = (kind) => ['null', 'string', 'number', 'boolean'].includes(kind);
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

/** The limits of options that are right; undefined for any others. */
export function limitsOf(options, names) {
  if (options === undefined) return DEFAULTS;
  if (kindOf(options) !== 'object' || Object.keys(options).some((name) => !names.includes(name))) return undefined;
  const { limits } = options;
  if (limits === undefined) return DEFAULTS;
  if (kindOf(limits) !== 'object') return undefined;
  const made = { ...DEFAULTS };
  for (const [name, limit] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULTS, name)) return undefined;
    if (limit === undefined) continue;
    if (!Number.isInteger(limit) || limit < 0 || limit > 0xffffffff) return undefined;
    made[name] = limit;
  }
  return made;
}

/**
 * What there is to say of a patch, and what it says.
 *
 * @param limits - undefined: only the shape counts.
 * @param current - undefined: the keys are counted on the patch alone.
 */
export function read(patch, limits, current) {
  const issues = [];
  const say = (code, path, counts) => issues.push({ code, pointer: path.map((key) => `/${String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), ...counts });
  const tooLong = (text, limit, path) => {
    const actual = codePoints(text);
    if (actual > limit) say('too_long', path, { limit, actual });
  };
  const keyIssues = (key, path, limit = Infinity) => {
    if (!isWellFormed(key)) say('ill_formed_string', path);
    if (INHERITED.has(key)) say('unsafe_key', path);
    tooLong(key, limit, path);
  };

  /** A copy as JSON carries it; undefined: it carries nothing. `parents`: to find what contains itself. */
  const carried = (value, path, parents) => {
    const kind = kindOf(value);
    if (isScalar(kind)) return value;
    if (kind === 'undefined') return void say('ignored_undefined', path);
    if (kind === 'ill-formed') return void say('ill_formed_string', path);
    if (kind !== 'array' && kind !== 'object') return void say('not_json', path);
    if (parents.includes(value)) return void say('cyclic', path);
    if (parents.length >= MAX_DEPTH) return void say('too_deep', path);
    const inside = [...parents, value];
    if (kind === 'array') {
      const items = [];
      for (let index = 0; index < value.length; index++) {
        if (value[index] === undefined) {
          // A hole may be as long as all memory: the first one is enough.
          say('not_json', [...path, index]);
          break;
        }
        const item = carried(value[index], [...path, index], inside);
        if (item !== undefined) items.push(item);
      }
      return items;
    }
    const members = [];
    for (const key of Object.keys(value)) {
      keyIssues(key, [...path, key]);
      const member = carried(value[key], [...path, key], inside);
      if (member !== undefined) members.push([key, member]);
    }
    return objectOf(members);
  };

  const says = {};
  if (kindOf(patch) !== 'object') {
    say('not_an_object', []);
  } else {
    for (const field of Object.keys(patch)) {
      const value = patch[field];
      const path = [field];
      if (field === 'display_name') {
        const kind = kindOf(value);
        if (kind === 'string') {
          tooLong(value, limits?.maxDisplayNameLength ?? Infinity, path);
          says.display_name = value;
        } else if (kind === 'undefined') say('ignored_undefined', path);
        else say(kind === 'ill-formed' ? 'ill_formed_string' : 'wrong_type', path);
      } else if (field !== 'metadata') {
        say('unknown_field', path);
      } else if (value === undefined) {
        say('ignored_undefined', path);
      } else if (kindOf(value) !== 'object') {
        say('wrong_type', path);
      } else {
        says.metadata = new Map();
        for (const key of Object.keys(value)) {
          const member = value[key];
          const kind = kindOf(member);
          keyIssues(key, ['metadata', key], member === null ? Infinity : limits?.maxKeyLength);
          if (kind === 'string') tooLong(member, limits?.maxValueLength ?? Infinity, ['metadata', key]);
          if (['boolean', 'number', 'array', 'object'].includes(kind)) say('undocumented_value', ['metadata', key]);
          const copy = carried(member, ['metadata', key], [patch, value]);
          if (copy !== undefined) says.metadata.set(key, copy);
        }
      }
    }
  }
  const isValid = () => issues.every(({ code }) => WARNINGS.has(code));
  if (isValid() && !(says.metadata?.size > 0) && says.display_name === undefined) say('empty_patch', []);
  if (limits !== undefined) {
    const status = current === undefined ? undefined : own(current, 'status');
    if (kindOf(status) === 'string' && status !== 'active') say('user_not_active', []);
    if (says.metadata !== undefined) {
      const before = current === undefined ? [] : Object.keys(stored(current));
      const after = new Set(before);
      for (const [key, value] of says.metadata) {
        if (value === null) after.delete(key);
        else after.add(key);
      }
      // Whoever has too many may still have fewer.
      if (after.size > limits.maxKeys && after.size > before.length) say('too_many_keys', ['metadata'], { limit: limits.maxKeys, actual: after.size });
    }
  }
  const errors = issues.filter(({ code }) => !WARNINGS.has(code));
  const warnings = issues.filter(({ code }) => WARNINGS.has(code));
  const isTruncated = errors.length > MAX_ISSUES || warnings.length > MAX_ISSUES;
  return { valid: errors.length === 0, errors: errors.slice(0, MAX_ISSUES), warnings: warnings.slice(0, MAX_ISSUES), isTruncated, says };
}

/** The metadata of a user, which may have none. */
function stored(user) {
  const metadata = own(user, 'metadata');
  return kindOf(metadata) === 'object' ? metadata : {};
}

/** The user after a patch that is valid. */
export function applied(user, says) {
  const before = stored(user);
  let metadata = kindOf(own(user, 'metadata')) === 'object' ? before : says.metadata === undefined ? undefined : {};
  for (const [key, value] of says.metadata ?? []) {
    if (value === null ? !Object.hasOwn(before, key) : Object.hasOwn(before, key) && isEqual(before[key], value)) continue;
    if (metadata === before) metadata = { ...before };
    if (value === null) delete metadata[key];
    else Object.defineProperty(metadata, key, { value, writable: true, enumerable: true, configurable: true });
  }
  const name = says.display_name;
  const isNewName = name !== undefined && own(user, 'display_name') !== name;
  const isNewMetadata = says.metadata !== undefined && metadata !== own(user, 'metadata');
  if (!isNewName && !isNewMetadata) return user;
  return { ...user, ...(isNewMetadata && { metadata }), ...(isNewName && { display_name: name }) };
}

/** What a patch says, as a patch. */
export function written({ metadata, display_name }) {
  return { ...(metadata !== undefined && { metadata: objectOf([...metadata]) }), ...(display_name !== undefined && { display_name }) };
}

/** What two patches say, one after the other. */
export function composed(first, second) {
  const metadata = first.metadata === undefined && second.metadata === undefined ? undefined : new Map([...(first.metadata ?? []), ...(second.metadata ?? [])]);
  return { metadata, display_name: second.display_name ?? first.display_name };
}

function objectOf(members) {
  const made = {};
  for (const [key, value] of members) Object.defineProperty(made, key, { value, writable: true, enumerable: true, configurable: true });
  return made;
}

/** Whether two values are the same JSON. */
function isEqual(a, b) {
  if (a === b) return true;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  if (kind === 'array') return a.length === b.length && Array.from(a.keys()).every((index) => isEqual(a[index], b[index]));
  if (kind !== 'object') return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

/** Why a text has no fingerprint, by the code of its issue, or what is hashed of it. */
export function normalised(text, kind) {
  if (!isWellFormed(text)) return { code: 'ill_formed_string' };
  if (kind === 'exact') return { text };
  return kind === 'email' ? email(text) : phone(text);
}

const SPACE = '[\\s\\u0085\\ufeff]';

function email(text) {
  const trimmed = text.replace(new RegExp(`^${SPACE}+|${SPACE}+$`, 'gu'), '');
  const at = trimmed.lastIndexOf('@');
  const [local, domain] = [trimmed.slice(0, at), trimmed.slice(at + 1)];
  const isQuoted = local.length > 1 && /^".*"$/su.test(local);
  const isSpaced = (part) => new RegExp(SPACE, 'u').test(part);
  const lower = trimmed.toLowerCase();
  const isRefused = at < 1 || domain === '' || (!isQuoted && (local.includes('@') || isSpaced(local))) || isSpaced(domain) || /\p{Cc}/u.test(trimmed);
  return isRefused || new TextEncoder().encode(lower).length > 320 ? { code: 'invalid_email' } : { text: lower };
}

const SEPARATORS = /[\s\u0085\-.()/\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const INVISIBLE = /[\s\u0085\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

function phone(text) {
  const digits = text.replace(SEPARATORS, '').replace(/^(\+|00)/u, '+');
  const isRefused = !/^\+[1-9][0-9]{7,14}$/u.test(digits) || text.replace(INVISIBLE, '').includes('(0)');
  return isRefused ? { code: 'invalid_phone' } : { text: digits };
}
