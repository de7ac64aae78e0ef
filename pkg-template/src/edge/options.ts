// What a gateway is made of, checked when it is made.

import { PalmError } from '../error.js';
import type { FetchLike, Limits, UpdateUserOptions } from '../types.js';

/** Whether a caller may change a user: yes; nobody is signed in; somebody else is. */
export type Authorization = true | false | 'unauthenticated';

/** Cloudflare's rate-limit binding, or anything like it. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** Options of {@link createGateway}. */
export interface GatewayOptions {
  /** `sk_test_…` or `sk_live_…`, or a function that gives it. It goes to Palm and nowhere else. */
  apiKey: string | (() => string | Promise<string>);
  /**
   * Who may change whom; there is no default. Only `true` lets the request
   * through: `'unauthenticated'` is answered by 401, anything else by 403, and
   * what it throws by 500. It must not read the body.
   */
  authorize: (request: Request, userId: string) => Authorization | Promise<Authorization>;
  /** Origins whose pages may call, such as `https://app.example.com`. Without it, the gateway's own. */
  allowedOrigins?: readonly string[];
  /** The metadata keys that may be changed. Without it, all. */
  allowedMetadataKeys?: readonly string[];
  /** Bytes of the body; more is cut off as it streams. 65,536. */
  maxBodyBytes?: number;
  /** Milliseconds for the whole body to arrive. 10,000. */
  bodyTimeoutMs?: number;
  /** Asked once for each authorised request, by user ID. */
  rateLimiter?: RateLimiter;
  /** What stands before `/v1/user/{id}` in the path, such as `/api/palm`. */
  basePath?: string;
  /** As of `updateUser`. */
  baseUrl?: string;
  /** As of `updateUser`; a service binding does. */
  fetch?: FetchLike | { fetch: FetchLike };
  /** As of `updateUser`. */
  timeoutMs?: number;
  limits?: Limits;
}

/** The options as the gateway uses them. */
export interface Settings {
  readonly authorize: GatewayOptions['authorize'];
  readonly origins: ReadonlySet<string> | undefined;
  readonly keys: ReadonlySet<string> | undefined;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly rateLimiter: RateLimiter | undefined;
  /** The path before the user ID. */
  readonly path: string;
  readonly call: UpdateUserOptions;
  readonly limits: { limits?: Limits };
}

const KNOWN: readonly string[] = [
  'apiKey',
  'authorize',
  'allowedOrigins',
  'allowedMetadataKeys',
  'maxBodyBytes',
  'bodyTimeoutMs',
  'rateLimiter',
  'basePath',
  'baseUrl',
  'fetch',
  'timeoutMs',
  'limits',
];

/** @throws `PalmError` `invalid_options`. */
export function settings(options: GatewayOptions): Settings {
  const { apiKey, authorize, rateLimiter, basePath = '', limits } = options ?? {};
  for (const name of Object.keys(options ?? {})) {
    if (!KNOWN.includes(name)) throw invalid(`${name} is no option of a gateway; there are ${KNOWN.join(', ')}.`);
  }
  if (typeof authorize !== 'function') {
    throw invalid('authorize is missing: a function that says who may change whom. There is no default.');
  }
  if (typeof apiKey !== 'string' && typeof apiKey !== 'function') {
    throw invalid('apiKey is missing: a key, or a function that gives it.');
  }
  if (rateLimiter !== undefined && typeof rateLimiter.limit !== 'function') {
    throw invalid('rateLimiter must have a method limit.');
  }
  if (!/^(\/[\w.~-]+)*$/.test(basePath)) throw invalid('basePath must be a path such as /api/palm, without a slash at its end.');
  const call: UpdateUserOptions = { apiKey, maxRetries: 0 };
  if (options.baseUrl !== undefined) call.baseUrl = options.baseUrl;
  if (options.fetch !== undefined) call.fetch = options.fetch;
  if (options.timeoutMs !== undefined) call.timeoutMs = options.timeoutMs;
  if (limits !== undefined) call.limits = limits;
  return {
    authorize,
    origins: origins(options.allowedOrigins),
    keys: texts('allowedMetadataKeys', options.allowedMetadataKeys),
    maxBodyBytes: positive('maxBodyBytes', options.maxBodyBytes ?? 65_536),
    bodyTimeoutMs: positive('bodyTimeoutMs', options.bodyTimeoutMs ?? 10_000),
    rateLimiter,
    path: `${basePath}/v1/user/`,
    call,
    limits: limits === undefined ? {} : { limits },
  };
}

function origins(list: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const set = texts('allowedOrigins', list);
  for (const origin of set ?? []) {
    // Such as it is sent: a slash at the end would never match, and * lets in any page.
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw invalid('allowedOrigins must be origins such as https://app.example.com, without a path or *.');
    }
  }
  return set;
}

function texts(name: string, list: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (list === undefined) return undefined;
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw invalid(`${name} must be a list of strings.`);
  return new Set(list);
}

function positive(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(`${name} must be a whole number above 0.`);
  return value;
}

function invalid(message: string): PalmError {
  return new PalmError({ code: 'invalid_options', message, outcome: 'not_sent' });
}
