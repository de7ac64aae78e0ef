// The Worker's variables and secrets, and the options they stand for.

import type { FetchLike } from 'palm-user';
import type { GatewayOptions, RateLimiter } from 'palm-user/edge';

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
  /** Origins, separated by blanks. */
  readonly ALLOWED_ORIGINS?: string;
  /** The metadata keys that a page may change, separated by blanks; none unless set. */
  readonly ALLOWED_METADATA_KEYS?: string;
  /** Cloudflare's rate-limit binding. */
  readonly RATE_LIMITER?: RateLimiter;
}

/** The options that the Worker's variables stand for. @throws `ConfigurationError`, `PalmError` */
export function optionsOf(env: GatewayEnv): GatewayOptions {
  if (env.PALM_API_KEY === undefined) throw new ConfigurationError('Set the secret PALM_API_KEY.');
  const userOf = sessions(env);
  const options: GatewayOptions = {
    apiKey: env.PALM_API_KEY,
    identify: userOf,
  };
  if (env.PALM_BASE_URL !== undefined) options.baseUrl = env.PALM_BASE_URL;
  if (env.PALM !== undefined) options.fetch = env.PALM;
  if (env.PALM_TIMEOUT_MS !== undefined) options.timeoutMs = Number(env.PALM_TIMEOUT_MS);
  if (env.ALLOWED_ORIGINS !== undefined) options.allowedOrigins = words(env.ALLOWED_ORIGINS);
  if (env.ALLOWED_METADATA_KEYS !== undefined) options.writable = { metadata: words(env.ALLOWED_METADATA_KEYS), display_name: true };
  if (env.RATE_LIMITER !== undefined) options.rateLimiter = env.RATE_LIMITER;
  return options;
}
