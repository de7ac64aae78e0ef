import { Hono } from 'hono';

import { gateway } from './gateway.js';

export const app = new Hono();
app.all('/api/palm/*', (context) => gateway(context.req.raw));
