// The sandbox as it is deployed: its page, and Palm's endpoint below /v1/.

import { createSandbox, problem, refusal, type Sandbox } from 'palm-user-sandbox';

import { allow, type Limits } from './limits';
import { durableStorage } from './storage';
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

/** One for each environment, of which an isolate has one. */
const sandboxes = new WeakMap<WorkerEnv, Sandbox>();

function sandboxOf(env: WorkerEnv): Sandbox {
  const known = sandboxes.get(env);
  if (known !== undefined) return known;
  const sandbox = createSandbox({ storage: durableStorage(env) });
  sandboxes.set(env, sandbox);
  return sandbox;
}

export default {
  async fetch(request, env) {
    if (env.PALM_API_KEY !== undefined) {
      // Who set it meant a gateway, whose requests carry real people's data.
      console.error('PALM_API_KEY is set on the sandbox, which keeps what it is sent. Deploy edge/gateway instead, or delete the secret.');
      return problem(refusal(500, 'This Worker is not set up rightly; its log says why.'));
    }
    // To the page, whose file of that name says that it is alone.
    if (new URL(request.url).pathname === '/sandbox.json') return Response.json({ kind: 'server' });
    const isPage = env.ASSETS !== undefined && !new URL(request.url).pathname.startsWith('/v1/');
    if (isPage) return env.ASSETS.fetch(request);
    return (await allow(request, env)) ?? sandboxOf(env).fetch(request);
  },
} satisfies ExportedHandler<WorkerEnv>;
