// Spelling by cspell, grammar and style by Harper, and a few phrases that are not plain
// English: in documents, comments, and what the page says. Everything runs offline.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { LocalLinter, Dialect } from 'harper.js';
import { binaryInlined } from 'harper.js/binaryInlined';

import { PHRASES, RULES_OFF } from './style.mjs';
import { files, prose, root } from './texts.mjs';

const all = await files();

test('spelling', async () => {
  const cspell = path.join(root, 'node_modules/cspell/bin.mjs');
  const args = ['lint', '--no-progress', '--no-summary', '--no-must-find-files', '--show-suggestions', '--file-list', 'stdin'];
  const run = promisify(execFile)(process.execPath, [cspell, ...args], { cwd: root, maxBuffer: 1e8 });
  run.child.stdin.end(all.join('\n'));
  const { stdout } = await run.catch((error) => error);
  assert.equal(stdout, '', 'a name or a term of the field goes into tests/prose/words.txt');
});

test('grammar and style', async () => {
  const linter = new LocalLinter({ binary: binaryInlined, dialect: Dialect.British });
  const config = await linter.getDefaultLintConfig();
  for (const rule of RULES_OFF) assert.ok(rule in config, `Harper has no rule ${rule}`);
  await linter.setLintConfig({ ...config, ...Object.fromEntries(RULES_OFF.map((rule) => [rule, false])) });
  const findings = async (text) => {
    const found = [];
    for (const [rule, lints] of Object.entries(await linter.organizedLints(text, { language: 'markdown' }))) {
      for (const lint of lints) {
        // Harper counts characters, not UTF-16 units.
        const line = Array.from(text).slice(0, lint.span().start).filter((one) => one === '\n').length + 1;
        found.push({ line, text: `${rule}: "${lint.get_problem_text()}": ${lint.message()}` });
      }
    }
    return found;
  };
  assert.equal((await findings('He go to the the school.')).length > 1, true, 'a fault would be found');
  const wrong = [];
  for (const file of all) {
    for (const { line, text } of await findings(await prose(file))) wrong.push(`${file}:${line} ${text}`);
  }
  assert.equal(wrong.join('\n'), '');
});

test('plain English', async () => {
  const wrong = [];
  for (const file of all) {
    const lines = (await prose(file)).split('\n');
    for (const [index, line] of lines.entries()) {
      for (const [phrase, better] of PHRASES) {
        const [found] = phrase.exec(line) ?? [];
        if (found !== undefined) wrong.push(`${file}:${index + 1} "${found}": ${better}`);
      }
    }
  }
  assert.equal(wrong.join('\n'), '');
});
