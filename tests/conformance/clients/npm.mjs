// The npm package, in Node.js; and how its results are told, which pages share.

import { inspect } from 'node:util';

import { told } from './told.mjs';

export async function npm({ packageUrl }) {
  const palm = await import(packageUrl);
  return {
    call: (described) => told(palm, described, (error) => inspect(error, { depth: 20, showHidden: true })),
    close() {},
  };
}
