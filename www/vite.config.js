import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

// The links to the repository.
const manifest = readFileSync(new URL('../Cargo.toml', import.meta.url), 'utf8');
process.env.VITE_REPOSITORY = /^repository = "([^"]+)"/m.exec(manifest)[1];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Below any folder of any host.
  base: './',
  resolve: {
    alias: {
      'palm-user-sandbox': fileURLToPath(new URL('../pkg-sandbox/dist/index.js', import.meta.url)),
      'palm-user': fileURLToPath(new URL('../pkg/dist/index.js', import.meta.url)),
    },
  },
  build: {
    target: 'es2022',
    // A data: URL would need a wider policy than public/_headers has.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The module is inlined in the package's default entry.
    chunkSizeWarningLimit: 1_000,
  },
  worker: { format: 'es' },
  // `npx vite www` beside `cargo xtask demo`, to work on the page.
  server: { proxy: { '/v1': 'http://127.0.0.1:8787', '/sandbox.json': 'http://127.0.0.1:8787' } },
});
