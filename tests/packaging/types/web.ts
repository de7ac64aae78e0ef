// The entry for pages: ESM only.

import init, { updateUser, type WasmSource } from 'palm-user/web';

const source: WasmSource = new URL('https://example.com/palm_user.wasm');
export const ready: Promise<void> = init(source);
export { updateUser };
