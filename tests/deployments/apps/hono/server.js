// Node.js: the recipe for Hono, a page, and a way to sign in.
import { readFile } from 'node:fs/promises';

import { serve } from '@hono/node-server';

import { app } from './hono.js';
import { signIn } from './session.js';

app.post('/session', async (context) => {
  context.header('set-cookie', await signIn(process.env.PERSON));
  return context.body(null, 204);
});
const files = { '/': ['index.html', 'text/html'], '/main.js': ['dist/main.js', 'text/javascript'] };
for (const [path, [file, type]] of Object.entries(files)) {
  app.get(path, async (context) => context.body(await readFile(new URL(file, import.meta.url)), 200, { 'content-type': type }));
}
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`ready on http://127.0.0.1:${port}`));
