// The proxy in its shorthand: Vite sends the backend's own name as `host`.
export default {
  server: { proxy: { '/api': process.env.BACKEND, '/session': process.env.BACKEND } },
};
