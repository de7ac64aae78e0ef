// Lighthouse on the demo page, as on a phone over slow 4G with a processor four times as slow:
//   cargo xtask build --page && CHROMIUM=/usr/bin/chromium node bench/lighthouse.mjs
// npx installs Lighthouse for this run. The figures depend on the machine; nothing passes or fails on them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startSandbox } from '../edge/sandbox.mjs';

const { url, dispose } = await startSandbox({ page: true });
const folder = await mkdtemp(path.join(tmpdir(), 'palm-user-lighthouse-'));
try {
  const report = path.join(folder, 'report.json');
  const flags = '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  // Its own setting is this network and this processor.
  const options = [url, '--output=json', `--output-path=${report}`, '--quiet', `--chrome-flags=${flags} --user-data-dir=${path.join(folder, 'profile')}`];
  const lighthouse = spawn('npx', ['--yes', 'lighthouse@12', ...options], {
    stdio: 'inherit',
    env: { ...process.env, CHROME_PATH: process.env.CHROMIUM },
  });
  const [code] = await once(lighthouse, 'exit');
  if (code !== 0) throw new Error(`lighthouse ended with ${code}`);
  const { categories, audits, lighthouseVersion } = JSON.parse(await readFile(report, 'utf8'));
  for (const { title, score } of Object.values(categories)) console.log(`${title}: ${Math.round(score * 100)}`);
  for (const name of ['cumulative-layout-shift', 'largest-contentful-paint', 'total-blocking-time']) {
    console.log(`${audits[name].title}: ${audits[name].displayValue}`);
  }
  console.log(`Lighthouse ${lighthouseVersion}, slow 4G, processor slowed down four times`);
} finally {
  await dispose();
  await rm(folder, { recursive: true, force: true });
}
