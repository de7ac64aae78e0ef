// The gateway as it is deployed.

import { createGateway } from 'palm-user/edge';

import { optionsOf, type GatewayEnv } from './options';

type Handler = (request: Request) => Promise<Response>;

let made: { readonly env: GatewayEnv; readonly handler: Handler } | undefined;

export default {
  async fetch(request, env) {
    // An isolate has one env; a test may have more.
    if (made?.env !== env) made = { env, handler: handlerOf(env) };
    return made.handler(request);
  },
} satisfies ExportedHandler<GatewayEnv>;

function handlerOf(env: GatewayEnv): Handler {
  try {
    return createGateway(optionsOf(env));
  } catch (error) {
    // Its message names a variable; whoever calls learns nothing of it.
    console.error('The gateway is not set up rightly.', error instanceof Error ? error.message : error);
    return async () => Response.json(MISCONFIGURED, { status: 500, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } });
  }
}

const MISCONFIGURED = {
  type: 'urn:palm-user:misconfigured',
  title: 'The gateway is not set up rightly',
  status: 500,
  detail: "The Worker's log says what is missing.",
  code: 'misconfigured',
};
