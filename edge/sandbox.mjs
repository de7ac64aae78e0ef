// Runs the sandbox in workerd, on this machine:
//   node edge/sandbox.mjs --port 8787 --persist target/sandbox --page

import { once } from 'node:events';
import { createServer } from 'node:net';
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
  // Asked first: of a taken port workerd would write its stack.
  const probe = createServer().listen(options.port, '127.0.0.1');
  await once(probe, 'listening').catch(({ message }) => {
    console.error(`error: ${message}`);
    process.exit(1);
  });
  await new Promise((resolve) => probe.close(resolve));
  const sandbox = await startSandbox(options);
  const stop = async () => {
    await sandbox.dispose();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  console.log(`sandbox listening on ${sandbox.url}`);
}
