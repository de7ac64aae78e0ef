// The gateway as it is deployed.

import { createGateway, type Gateway } from 'palm-user/edge';

import { optionsOf, type GatewayEnv } from './options';

let made: { readonly env: GatewayEnv; readonly handler: Gateway } | undefined;

export default {
  async fetch(request, env, context) {
    // An isolate has one env; a test may have more.
    if (made?.env !== env) made = { env, handler: handlerOf(env) };
    return made.handler(request, context);
  },
} satisfies ExportedHandler<GatewayEnv>;

function handlerOf(env: GatewayEnv): Gateway {
  try {
    return createGateway(optionsOf(env));
  } catch (error) {
    // Its message names a variable; whoever calls learns nothing of it.
    console.error('The gateway is not set up correctly.', error instanceof Error ? error.message : error);
    return async () => Response.json(MISCONFIGURED, { status: 500, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } });
  }
}

const MISCONFIGURED = {
  type: 'urn:palm-user:gateway_failed',
  title: 'The gateway failed',
  status: 500,
  detail: "The gateway is not set up correctly. The Worker's log says what is missing.",
  code: 'gateway_failed',
  outcome: 'rejected',
};
