import { createGateway } from 'palm-user/edge';

import { identify } from './session.js'; // the Palm ID of whoever is signed in, or undefined

export const gateway = createGateway({
  basePath: '/api/palm',
  apiKey: () => process.env.PALM_API_KEY,
  baseUrl: process.env.PALM_BASE_URL, // unset, it is Palm's own
  identify,
  publicOrigin: process.env.PUBLIC_ORIGIN, // behind a proxy: the origin that browsers see
  // What belongs to the person. Never a tier, a role or a limit: whoever is signed in could give it to themselves.
  writable: { metadata: ['notes', 'language', 'marketing_consent'], display_name: true },
  onRequest: (event) => console.log(JSON.stringify({ ...event, error: event.error && String(event.error) })),
});
