// The sandbox in the page's memory, for a page without a server.

import type { Server } from './server';

export async function openMemory(): Promise<Server> {
  throw new Error('There is no sandbox beside this page.');
}
