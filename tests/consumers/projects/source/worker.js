import { fingerprint } from './source.js';

export default { fetch: () => new Response(fingerprint(' Ada@Example.com', 'email')) };
