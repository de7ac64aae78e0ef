/**
 * A gateway that keeps the key on the server.
 *
 * @packageDocumentation
 */

export { createGateway } from './edge/gateway.js';
export type {
  Action,
  Authorization,
  CheckContext,
  CheckIssue,
  Gateway,
  GatewayEvent,
  GatewayOptions,
  RateLimiter,
} from './edge/options.js';
