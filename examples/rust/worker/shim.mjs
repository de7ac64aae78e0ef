// What worker-build writes, in short: the module's handler as the Worker's.

import { fetch, initSync } from './worker.js';
import module from './worker_bg.wasm';

initSync({ module });

export default { fetch };
