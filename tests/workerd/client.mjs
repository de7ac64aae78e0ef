// The sandbox in workerd, and calls to it.

import { startSandbox } from '../../edge/sandbox.mjs';
import { clientOf } from '../sandbox/client.mjs';

export { KEY } from '../sandbox/client.mjs';

export async function sandbox(options) {
  const { url, dispose } = await startSandbox(options);
  return clientOf({ url, dispose });
}
