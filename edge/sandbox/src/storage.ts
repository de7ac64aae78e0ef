// The sandbox's storage over Durable Objects: one for each user, one directory for each account.

import type { SandboxStorage, UserCalls } from 'palm-user-sandbox';

import { isOurs, newUuid, secretOf } from './handle';
import type { Env, Place, UserRecord } from './user-record';

export function durableStorage({ USERS, DIRECTORIES, DEPLOYMENTS }: Env): SandboxStorage {
  return {
    newUuid: async (account) => newUuid(await secretOf(DEPLOYMENTS), account),
    mayHave: async (account, handle) => isOurs(await secretOf(DEPLOYMENTS), account, handle),
    // Named by account and handle, so that no key reaches another's users.
    user: (account, handle) => callsOf(USERS.getByName(`${account}/${handle}`), { account, handle }),
    directory: (account) => DIRECTORIES.getByName(account),
  };
}

function callsOf(stub: DurableObjectStub<UserRecord>, place: Place): UserCalls {
  // Written out: TypeScript gives up on the type it would infer for a call with JSON in it.
  const record = stub as unknown as { [name in keyof UserCalls]: (place: Place, ...args: Parameters<UserCalls[name]>) => ReturnType<UserCalls[name]> };
  return {
    read: (uuid) => record.read(place, uuid),
    create: (user) => record.create(place, user),
    patch: (patch, uuid) => record.patch(place, patch, uuid),
    writeVault: (vault, uuid) => record.writeVault(place, vault, uuid),
    takeFault: (id, times) => record.takeFault(place, id, times),
  };
}
