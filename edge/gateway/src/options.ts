// The Worker's variables and secrets, and the options they stand for.

import type { FetchLike } from 'palm-user';
import type { GatewayEvent, GatewayOptions, RateLimiter } from 'palm-user/edge';

import { ConfigurationError, words } from './configuration';
import { sessions, type SessionEnv } from './session';

export { sessions };

export interface GatewayEnv extends SessionEnv {
  /** A secret: `sk_live_…` or `sk_test_…`. */
  readonly PALM_API_KEY?: string;
  /** Where Palm is; its own address unless set. */
  readonly PALM_BASE_URL?: string;
  /** Palm by a service binding, for a Worker that stands in for it. */
  readonly PALM?: { fetch: FetchLike };
  /** How long Palm may take, in milliseconds; 30,000 unless set. */
  readonly PALM_TIMEOUT_MS?: string;
  /** What a page may change: `{"metadata": ["notes"], "display_name": true}`, as JSON. Nothing unless it is named. */
  readonly WRITABLE?: unknown;
  /** What of a user is answered besides, as JSON. */
  readonly VISIBLE?: unknown;
  /** The gateway's own origins as browsers see them, separated by blanks. */
  readonly PUBLIC_ORIGIN?: string;
  /** Further origins whose pages may call, separated by blanks. */
  readonly ALLOWED_ORIGINS?: string;
  /** As of `createGateway`, as JSON. */
  readonly CORS?: unknown;
  /** Cloudflare's rate-limit binding. */
  readonly RATE_LIMITER?: RateLimiter;
}

/** The options that the Worker's variables stand for. @throws `ConfigurationError`, `PalmError` */
export function optionsOf(env: GatewayEnv): GatewayOptions {
  if (env.PALM_API_KEY === undefined) throw new ConfigurationError('Set the secret PALM_API_KEY.');
  const options: GatewayOptions = {
    apiKey: env.PALM_API_KEY,
    identify: sessions(env),
    onRequest: log,
    // Cloudflare sets it, and nobody else can.
    clientAddress: ({ headers }) => headers.get('cf-connecting-ip'),
  };
  const given: { -readonly [Name in keyof GatewayOptions]?: unknown } = {
    baseUrl: env.PALM_BASE_URL,
    fetch: env.PALM,
    timeoutMs: env.PALM_TIMEOUT_MS === undefined ? undefined : Number(env.PALM_TIMEOUT_MS),
    writable: json('WRITABLE', env.WRITABLE),
    visible: json('VISIBLE', env.VISIBLE),
    cors: json('CORS', env.CORS),
    publicOrigin: env.PUBLIC_ORIGIN === undefined ? undefined : words(env.PUBLIC_ORIGIN),
    allowedOrigins: env.ALLOWED_ORIGINS === undefined ? undefined : words(env.ALLOWED_ORIGINS),
    rateLimiter: env.RATE_LIMITER,
  };
  // Checked by createGateway, which says what is wrong with an option.
  return Object.assign(options, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

/** One line a request, for the platform's log. */
function log({ error, ...event }: GatewayEvent): void {
  const line = JSON.stringify(error === undefined ? event : { ...event, error: String(error) });
  if (event.status >= 500) console.error(line);
  else console.log(line);
}

/** A variable that is JSON: wrangler takes it as it is, the dashboard may hand over its text. */
function json(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new ConfigurationError(`${name} must be JSON.`);
  }
}
