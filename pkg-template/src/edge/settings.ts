// The gateway's options, checked when it is created.

import { PalmError } from '../error.js';
import { TEXT_FIELDS } from '../generated.js';
import type { Limits, UpdateUserOptions } from '../types.js';
import { HookFailure, misuse } from './hooks.js';
import type { GatewayOptions } from './options.js';
import type { Visible } from './visible.js';

type Hooks = Pick<GatewayOptions, 'identify' | 'authorize' | 'check' | 'clientAddress' | 'onRequest' | 'rateLimiter'>;

/** The options as the gateway uses them. */
export interface Settings extends Hooks {
  readonly apiKey: GatewayOptions['apiKey'];
  readonly publicOrigins: ReadonlySet<string> | undefined;
  readonly isAllowed: (origin: string) => boolean;
  readonly credentials: boolean;
  /** As `Access-Control-Allow-Headers` lists them. */
  readonly allowedHeaders: string;
  readonly writable: { readonly metadata: ReadonlySet<string>; readonly fields: ReadonlySet<string> };
  readonly metadata?: GatewayOptions['metadata'];
  readonly visible: Visible;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly hookTimeoutMs: number;
  /** The path before the user ID. */
  readonly path: string;
  readonly call: UpdateUserOptions;
  readonly limits: { limits?: Limits };
}

const KNOWN: readonly string[] = [
  'apiKey', 'identify', 'authorize', 'writable', 'metadata', 'visible', 'check',
  'publicOrigin', 'allowedOrigins', 'cors', 'maxBodyBytes', 'bodyTimeoutMs',
  'rateLimiter', 'clientAddress', 'onRequest', 'hookTimeoutMs', 'basePath',
  'baseUrl', 'fetch', 'timeoutMs', 'limits',
];

/** @throws `PalmError` `invalid_options`. */
export function settings(given: GatewayOptions): Settings {
  const options = members('The options of a gateway', given, KNOWN) as unknown as GatewayOptions;
  const { identify, authorize, rateLimiter, limits, basePath = '' } = options;
  if (identify === undefined && authorize === undefined) {
    throw invalid('identify is missing: a function that returns the Palm ID of whoever is signed in. (Or authorize, for callers who act on others.)');
  }
  for (const name of ['identify', 'authorize', 'check', 'clientAddress', 'onRequest'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') throw invalid(`${name} must be a function.`);
  }
  // Undefined is allowed: a build may create a gateway without having the secrets.
  if (!('apiKey' in options)) throw invalid('apiKey is missing: a key, or a function that returns it.');
  if (!['string', 'function', 'undefined'].includes(typeof options.apiKey)) throw invalid('apiKey must be a string or a function.');
  if (rateLimiter !== undefined && typeof rateLimiter?.limit !== 'function') throw invalid('rateLimiter must have a method limit.');
  if (typeof basePath !== 'string' || !/^(\/[\w.~-]+)*$/.test(basePath)) {
    throw invalid('basePath must be a path such as /api/palm, without a trailing slash.');
  }
  const call: UpdateUserOptions = { maxRetries: 0 };
  if (options.baseUrl !== undefined) call.baseUrl = options.baseUrl;
  if (options.fetch !== undefined) call.fetch = options.fetch;
  if (options.timeoutMs !== undefined) call.timeoutMs = options.timeoutMs;
  const writable = writableOf(options.writable, options.metadata);
  // Without a prototype, so that nothing is inherited.
  return Object.assign<object, Settings>(Object.create(null) as object, {
    ...options,
    publicOrigins: options.publicOrigin === undefined ? undefined : origins('publicOrigin', typeof options.publicOrigin === 'string' ? [options.publicOrigin] : options.publicOrigin),
    isAllowed: isAllowed(options.allowedOrigins),
    ...cors(options.cors),
    writable,
    visible: visible(options.visible, writable.metadata),
    maxBodyBytes: positive('maxBodyBytes', options.maxBodyBytes ?? 65_536),
    bodyTimeoutMs: positive('bodyTimeoutMs', options.bodyTimeoutMs ?? 10_000),
    hookTimeoutMs: positive('hookTimeoutMs', options.hookTimeoutMs ?? 10_000),
    path: `${basePath}/v1/user/`,
    call,
    limits: limits === undefined ? {} : { limits },
  });
}

function isAllowed(allowed: GatewayOptions['allowedOrigins']): Settings['isAllowed'] {
  if (typeof allowed !== 'function') {
    const set = allowed === undefined ? undefined : origins('allowedOrigins', allowed);
    return (origin) => set?.has(origin) ?? false;
  }
  return (origin) => {
    let answer: unknown;
    try {
      answer = allowed(origin);
    } catch (thrown) {
      throw new HookFailure('allowedOrigins', thrown);
    }
    if (typeof answer !== 'boolean') throw misuse('allowedOrigins', 'allowedOrigins must return true or false, not a promise.');
    return answer;
  };
}

function origins(name: string, list: unknown): ReadonlySet<string> {
  const set = texts(name, list);
  for (const origin of set) {
    const isPattern = origin.includes('*');
    // Exactly as browsers send it: with a trailing slash it would never match.
    const isExact = !isPattern && URL.canParse(origin) && new URL(origin).origin === origin;
    if (!isExact) {
      const hint = isPattern ? ' There are no patterns; allowedOrigins may be a function.' : '';
      throw invalid(`${name} must be exact origins such as https://app.example.com, in lower case and without a path.${hint}`);
    }
  }
  return set;
}

function cors(given: GatewayOptions['cors'] = {}): Pick<Settings, 'credentials' | 'allowedHeaders'> {
  const { credentials, allowedHeaders = [] } = members('cors', given, ['credentials', 'allowedHeaders']) as NonNullable<GatewayOptions['cors']>;
  const names = texts('cors.allowedHeaders', allowedHeaders);
  for (const name of names) {
    // RFC 9110 section 5.6.2. Alone, * would allow any header.
    if (name === '*' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw invalid('cors.allowedHeaders must be names of headers.');
  }
  const all = ['authorization', 'content-type', 'traceparent', 'x-request-id', ...names].map((name) => name.toLowerCase());
  return { credentials: flag('cors.credentials', credentials), allowedHeaders: [...new Set(all)].join(', ') };
}

function writableOf(given: GatewayOptions['writable'] = {}, rules: GatewayOptions['metadata']): Settings['writable'] {
  const named = members('writable', given, ['metadata', ...TEXT_FIELDS]) as NonNullable<GatewayOptions['writable']>;
  if (rules !== undefined && typeof rules?.['~read'] !== 'function') throw invalid('metadata must be made by defineMetadata.');
  if (rules !== undefined && named.metadata !== undefined) throw invalid('writable.metadata is named twice: the option metadata marks what is writable.');
  const fields = TEXT_FIELDS.filter((field) => flag(`writable.${field}`, named[field]));
  return { metadata: texts('writable.metadata', named.metadata ?? rules?.writable ?? []), fields: new Set<string>(fields) };
}

function visible(given: GatewayOptions['visible'] = {}, writable: ReadonlySet<string>): Visible {
  const names = ['metadata', 'vault', 'verification', 'fingerprints'];
  const { metadata = [], vault, verification, fingerprints } = members('visible', given, names) as NonNullable<GatewayOptions['visible']>;
  const fields = [];
  if (flag('visible.verification', verification)) fields.push('verification');
  if (flag('visible.fingerprints', fingerprints)) fields.push('email_fingerprint', 'phone_fingerprint');
  return {
    fields,
    // A page may see what it may write.
    metadata: metadata === 'all' ? undefined : new Set([...texts('visible.metadata', metadata), ...writable]),
    vault: vault === undefined || vault === 'all' ? vault : texts('visible.vault', vault),
  };
}

/** The own members of an object of options: what it inherits is nobody's choice. */
function members(what: string, given: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid(`${what} must be an object.`);
  const own: Record<string, unknown> = Object.assign(Object.create(null), given);
  for (const name of Object.keys(own)) {
    if (!known.includes(name)) throw invalid(`${what} has no ${name}; known are ${known.join(', ')}.`);
  }
  return own;
}

function texts(name: string, list: unknown): ReadonlySet<string> {
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw invalid(`${name} must be a list of strings.`);
  return new Set(list);
}

function flag(name: string, value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(`${name} must be true or false.`);
  return value === true;
}

function positive(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > MAX_DELAY_MS) throw invalid(`${name} must be a whole number from 1 to ${MAX_DELAY_MS}.`);
  return value;
}

/** The longest delay of a timer; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

function invalid(message: string): PalmError {
  return new PalmError({ code: 'invalid_options', message, outcome: 'not_sent' });
}
