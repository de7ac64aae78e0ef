// npm, which on Windows is a batch file.

import { execFileSync } from 'node:child_process';

/**
 * Runs npm and gives what it prints.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object, platform?: string }} [options]
 */
export function npm(args, { platform = process.platform, ...options } = {}) {
  const [file, ...rest] = npmCommand(args, platform);
  return execFileSync(file, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options, windowsVerbatimArguments: platform === 'win32' });
}

/**
 * The program and its arguments. Node.js starts no batch file without a shell, and
 * quotes nothing for one: cmd.exe is given one text, in which every argument is quoted.
 */
export function npmCommand(args, platform) {
  if (platform !== 'win32') return ['npm', ...args];
  const quoted = ['npm.cmd', ...args].map((part) => `"${part.replaceAll('"', '""')}"`).join(' ');
  return ['cmd.exe', '/d', '/s', '/c', `"${quoted}"`];
}
