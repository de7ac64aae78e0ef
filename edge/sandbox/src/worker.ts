// The sandbox as it is deployed: its page, and Palm's endpoint below /v1/.

import { allow, type Limits } from './limits';
import { problem, refusal } from './problem';
import { sandbox } from './sandbox';
import type { Env } from './user-record';

export { Directory } from './directory';
export { Deployment } from './handle';
export { UserRecord } from './user-record';

interface WorkerEnv extends Env, Limits {
  /** The page; not there in a test without one. */
  readonly ASSETS?: Fetcher;
  /** A gateway's secret, which has no place here. */
  readonly PALM_API_KEY?: string;
}

export default {
  async fetch(request, env) {
    if (env.PALM_API_KEY !== undefined) {
      // Who set it meant a gateway, whose requests carry real people's data.
      console.error('PALM_API_KEY is set on the sandbox, which keeps what it is sent. Deploy edge/gateway instead, or delete the secret.');
      return problem(refusal(500, 'This Worker is not set up rightly; its log says why.'));
    }
    const isPage = env.ASSETS !== undefined && !new URL(request.url).pathname.startsWith('/v1/');
    if (isPage) return env.ASSETS.fetch(request);
    return (await allow(request, env)) ?? sandbox(request, env);
  },
} satisfies ExportedHandler<WorkerEnv>;
