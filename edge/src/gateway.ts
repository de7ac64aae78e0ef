// The gateway as it is deployed: its settings are the Worker's variables and secrets.

import type { FetchLike } from 'palm-user';
import { createGateway, type GatewayOptions, type RateLimiter } from 'palm-user/edge';

import { sessions, type SessionEnv } from './session';

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
  /** Metadata keys, separated by blanks; all of them unless set. */
  readonly ALLOWED_METADATA_KEYS?: string;
  /** Cloudflare's rate-limit binding. */
  readonly RATE_LIMITER?: RateLimiter;
}

let made: { readonly env: GatewayEnv; readonly handler: (request: Request) => Promise<Response> } | undefined;

export async function gateway(request: Request, env: GatewayEnv): Promise<Response> {
  // An isolate has one env; a test may have more.
  if (made?.env !== env) made = { env, handler: createGateway(optionsOf(env)) };
  return made.handler(request);
}

function optionsOf(env: GatewayEnv): GatewayOptions {
  const userOf = sessions(env);
  const options: GatewayOptions = {
    apiKey: env.PALM_API_KEY ?? '',
    authorize: async (request, userId) => {
      const subject = await userOf(request);
      return subject === undefined ? 'unauthenticated' : subject === userId;
    },
  };
  if (env.PALM_BASE_URL !== undefined) options.baseUrl = env.PALM_BASE_URL;
  if (env.PALM !== undefined) options.fetch = env.PALM;
  if (env.PALM_TIMEOUT_MS !== undefined) options.timeoutMs = Number(env.PALM_TIMEOUT_MS);
  if (env.ALLOWED_ORIGINS !== undefined) options.allowedOrigins = words(env.ALLOWED_ORIGINS);
  if (env.ALLOWED_METADATA_KEYS !== undefined) options.allowedMetadataKeys = words(env.ALLOWED_METADATA_KEYS);
  if (env.RATE_LIMITER !== undefined) options.rateLimiter = env.RATE_LIMITER;
  return options;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
