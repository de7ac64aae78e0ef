// Runs the gateway in workerd, on this machine. For tests; `npx wrangler dev` serves by hand.

import { start } from './workerd.mjs';

/** Starts the gateway; the options are those of `start`. Its limits are on unless turned off. */
export const startGateway = (options) => start('gateway', { rateLimited: true, ...options });
