// Runs a wasm test binary in Chromium: node wasm-runner.mjs <xtask> <binary> [arguments].
// wasm-bindgen's runner serves the page; a driver, which would have to fit the
// browser's version, is not needed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { launch } from './chromium.mjs';

const [, , xtask, ...args] = process.argv;
const env = { ...process.env, WASM_BINDGEN_USE_BROWSER: '1', NO_HEADLESS: '1', WASM_BINDGEN_TEST_ADDRESS: '127.0.0.1:0' };
const server = spawn(xtask, ['wasm-test-runner', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
const url = new Promise((resolve, reject) => {
  createInterface(server.stdout).on('line', (line) => {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
    if (found) resolve(found[0]);
  });
  server.on('exit', (code) => reject(new Error(`the runner ended with ${code}`)));
});
let browser;
try {
  const address = await url;
  browser = await launch();
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(String(error)));
  await page.goto(address);
  const limit = { timeout: Number(process.env.WASM_BINDGEN_TEST_TIMEOUT ?? 60) * 1000 };
  const output = page.locator('#output');
  const isOver = () => /^test result: /m.test(document.getElementById('output').textContent);
  await page.waitForFunction(isOver, undefined, limit).catch(async (error) => {
    throw new Error(`no result: ${error.message}\n${await output.textContent()}`);
  });
  const text = await output.textContent();
  console.log(text);
  process.exitCode = /^test result: ok/m.test(text) ? 0 : 1;
} finally {
  await browser?.close();
  server.removeAllListeners('exit');
  server.kill();
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
}
