// Makes `chromium` in a folder of the npm package in it: node unpack.mjs <folder>.
// The libraries that come with it are for machines that lack them.

import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

const folder = path.resolve(process.argv[2]);
const packed = path.join(folder, 'node_modules/@sparticuz/chromium/bin');

const unpack = (name, to) =>
  pipeline(createReadStream(path.join(packed, `${name}.br`)), createBrotliDecompress(), createWriteStream(path.join(folder, to)));

await unpack('chromium', 'headless-shell');
await chmod(path.join(folder, 'headless-shell'), 0o755);
for (const [name, to] of [['al2023.tar', 'libraries'], ['swiftshader.tar', '.'], ['fonts.tar', 'fonts']]) {
  await unpack(name, name);
  await mkdir(path.join(folder, to), { recursive: true });
  const { status, error, stderr } = spawnSync('tar', ['-xf', path.join(folder, name), '-C', path.join(folder, to)]);
  if (status !== 0) throw error ?? new Error(String(stderr));
}
const script = `#!/bin/sh
folder=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$folder/libraries/lib"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="$folder/fonts"
exec "$folder/headless-shell" "$@"
`;
await writeFile(path.join(folder, 'chromium'), script, { mode: 0o755 });
