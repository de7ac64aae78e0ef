// Vite serves the page and the server's routes on one port. In production, serve
// `app` with @hono/node-server, beside the files of `vite build`.

import { getRequestListener } from '@hono/node-server';
import { defineConfig } from 'vite';

import { app } from './server/app.ts';

const listener = getRequestListener(app.fetch);

export default defineConfig({
  plugins: [
    {
      name: 'api',
      configureServer: (server) => {
        server.middlewares.use((request, response, next) => {
          if (request.url?.startsWith('/api/') === true) void listener(request, response);
          else next();
        });
      },
    },
  ],
});
