/**
 * A gateway that keeps the key on the server.
 *
 * @packageDocumentation
 */

export { createGateway } from './edge/gateway.js';
export type { Authorization, GatewayOptions, RateLimiter } from './edge/options.js';
