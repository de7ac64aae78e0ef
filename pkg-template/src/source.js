// `palm-user/source`: the module by a source phase import, so that no call waits and
// nothing is fetched by hand. JavaScript, as TypeScript does not read this syntax yet.

import source module from './palm_user.wasm';
import { init } from './web.js';

export * from './web.js';

await init(module);
