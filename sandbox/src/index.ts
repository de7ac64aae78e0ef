// palm-user-sandbox: the Palm identity API in memory, for tests, pages and demos.

export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
export type { SandboxUser } from './seeds.js';
export { createMemoryStorage, type MemoryStorageOptions } from './memory.js';
// For storages, and Workers around the sandbox.
export { answer } from './answer.js';
export { handleOf } from './name.js';
export { problem, refusal, type Refusal, type Result } from './problem.js';
export { PAGE, type Directory, type FingerprintField, type Row, type SandboxStorage, type UserCalls } from './storage.js';
export { UserRecord, type NewUser } from './user-record.js';
export type { VaultChange } from './vault.js';
