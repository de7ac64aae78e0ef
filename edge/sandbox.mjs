// Runs the sandbox in workerd, on this machine:
//   node edge/sandbox.mjs --port 8787 --persist target/sandbox --page

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { start } from './workerd.mjs';

/** Starts the sandbox; the options are those of `start`. */
export const startSandbox = (options) => start('sandbox', options);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8787' }, persist: { type: 'string' }, page: { type: 'boolean' } },
  });
  const options = { port: Number(values.port), persist: values.persist, page: values.page };
  const sandbox = await startSandbox(options).catch((error) => {
    // A taken port, as a rule; a stack of Miniflare's would say no more.
    console.error(`error: ${error.message.split('\n')[0]}`);
    process.exit(1);
  });
  const stop = async () => {
    await sandbox.dispose();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  console.log(`sandbox listening on ${sandbox.url}`);
}
