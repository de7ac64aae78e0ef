// Fingerprints in base64, and of lists in which some values are bad.

import { PalmError, isPalmError } from './error.js';
import type { FingerprintKind } from './generated.js';
import { hold, run } from './instance.js';
import type { Issue } from './report.js';

/** Options of `fingerprint`. */
export interface FingerprintOptions {
  /** `hex`: 64 lower-case digits. `base64` (RFC 4648): 44 characters. */
  encoding?: 'hex' | 'base64';
}

/** Options of `fingerprintMany`. */
export interface FingerprintManyOptions extends FingerprintOptions {
  /** `throw`: the first bad value ends it. `report`: each is reported by its index. */
  onInvalid?: 'throw' | 'report';
}

/** What `fingerprintMany` gives with `onInvalid: 'report'`. */
export interface FingerprintReport {
  /** In the order of the values; undefined for a bad one. */
  readonly fingerprints: (string | undefined)[];
  /** The bad values, in their order. */
  readonly invalid: { readonly index: number; readonly issue: Issue }[];
}

const ALLOWED = { encoding: ['hex', 'base64'], onInvalid: ['throw', 'report'] } as const;

/** The options, once their names and values are known to be right. @throws `PalmError` `invalid_options` */
export function readOptions(options: FingerprintManyOptions, known: readonly (keyof typeof ALLOWED)[]): FingerprintManyOptions {
  const names = typeof options === 'object' && options !== null ? Object.keys(options) : [''];
  for (const name of names as (keyof typeof ALLOWED)[]) {
    const values: readonly unknown[] | undefined = known.includes(name) ? ALLOWED[name] : undefined;
    if (values !== undefined && (options[name] === undefined || values.includes(options[name]))) continue;
    const expected = known.map((known) => `${known} (${ALLOWED[known].join(' or ')})`).join(' and ');
    throw new PalmError({ code: 'invalid_options', message: `The options of a fingerprint are ${expected}.`, outcome: 'not_sent' });
  }
  return options;
}

/** Hexadecimal digits as the options want them. */
export function encoded(digits: string, options: FingerprintOptions): string {
  return readOptions(options, ['encoding']).encoding === 'base64' ? base64(digits) : digits;
}

export function base64(digits: string): string {
  return btoa(digits.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
}

/** As many values as cross at once: one bad value has so many looked at one by one. */
const CHUNK = 128;

export function reportMany(values: readonly string[], kind: FingerprintKind | undefined, { encoding }: FingerprintOptions): FingerprintReport {
  const fingerprints: (string | undefined)[] = [];
  const invalid: { index: number; issue: Issue }[] = [];
  const encode = encoding === 'base64' ? base64 : undefined;
  // The core says what is no list, and which kind there is not.
  if (!Array.isArray(values)) run((core) => core.fingerprintMany(hold(values), hold(kind)));
  for (let from = 0; from < values.length; from += CHUNK) {
    const some = values.slice(from, from + CHUNK);
    const all = attempt(some, kind);
    for (const [at, value] of some.entries()) {
      const one = Array.isArray(all) ? all[at] : oneOf(value, kind);
      if (typeof one === 'object') invalid.push({ index: from + at, issue: { ...one, path: [`${from + at}`], pointer: `/${from + at}` } });
      fingerprints.push(typeof one === 'string' ? (encode?.(one) ?? one) : undefined);
    }
  }
  return { fingerprints, invalid };
}

function oneOf(value: string, kind: FingerprintKind | undefined): string | Issue {
  const one = attempt([value], kind);
  return Array.isArray(one) ? (one[0] as string) : one;
}

/** The fingerprints of a few values, or what is wrong with the first bad one. */
function attempt(values: readonly string[], kind: FingerprintKind | undefined): string[] | Issue {
  try {
    return run((core) => core.fingerprintMany(hold(values), hold(kind))) as string[];
  } catch (error) {
    const issue = isPalmError(error, 'invalid_value') ? error.issues?.[0] : undefined;
    // Not of a value: the kind, or the engine.
    if (issue === undefined) throw error;
    return issue;
  }
}
