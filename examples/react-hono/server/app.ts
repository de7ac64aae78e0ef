// Signing in and out, and the gateway to Palm. Without PALM_API_KEY it talks to
// a sandbox in this process.

import { Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { createGateway } from 'palm-user/edge';
import { createSandbox } from 'palm-user-sandbox';

import { metadata } from '../src/metadata.ts';
import { COOKIE, identify, SECONDS, signed } from './session.ts';

/** Who signs in. Yours come from your own database. */
const PERSON = 'palm_usr_1a2b3c4d5e6f7g8h';

const sandbox = createSandbox({
  users: [{ userId: PERSON, display_name: 'Ada', metadata: { language: 'en', notes: 'Call in the morning', customer_tier: 'basic' } }],
});
const apiKey = process.env.PALM_API_KEY;
const palm = apiKey === undefined ? { apiKey: 'sk_test_0', fetch: sandbox.fetch } : { apiKey };

const gateway = createGateway({
  ...palm,
  basePath: '/api/palm',
  identify,
  metadata,
  writable: { display_name: true },
});

export const app = new Hono();

app.use('/api/session', csrf());
app.post('/api/session', async (context) => {
  // Your own check of a password, link or passkey comes here.
  setCookie(context, COOKIE, await signed(PERSON), { httpOnly: true, sameSite: 'Lax', secure: process.env.NODE_ENV === 'production', path: '/', maxAge: SECONDS });
  return context.body(null, 204);
});
app.delete('/api/session', (context) => {
  deleteCookie(context, COOKIE, { path: '/' });
  return context.body(null, 204);
});
app.all('/api/palm/*', (context) => gateway(context.req.raw));
