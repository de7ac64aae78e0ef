// With the secret PALM_API_KEY the gateway to Palm; without it the sandbox.

import { gateway, type GatewayEnv } from './gateway';
import { sandbox } from './sandbox';
import type { Env } from './user-record';

export { Directory } from './directory';
export { UserRecord } from './user-record';

interface WorkerEnv extends Env, GatewayEnv {
  /** The page; not there in a test without one. */
  readonly ASSETS?: Fetcher;
}

export default {
  async fetch(request, env) {
    if (env.PALM_API_KEY !== undefined) return gateway(request, env);
    const isPage = env.ASSETS !== undefined && !new URL(request.url).pathname.startsWith('/v1/');
    return isPage ? env.ASSETS.fetch(request) : sandbox(request, env);
  },
} satisfies ExportedHandler<WorkerEnv>;
