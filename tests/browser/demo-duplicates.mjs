// Duplicates: what a person drops on the page, and what comes of it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { becomes } from './demo-page.mjs';

/** What a person drops on the page, and what comes of it. */
export async function duplicateTests(test, { url, engine, newContext, visit, violations, errors, requests }) {
  const page = await visit(await newContext({ reducedMotion: 'reduce' }));
  const list = page.getByLabel('Or paste a list');
  const found = page.getByTestId('found');
  const problems = page.getByTestId('problems');
  const groups = page.getByTestId('groups');
  const file = (name, text) => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const download = async (what) => {
    const [event] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Download all ${what}` }).click()]);
    return readFile(await event.path(), 'utf8');
  };

  test('what is readable is used, and each bad value is listed with its row', async () => {
    const before = requests.length;
    await list.fill('name,email\nAda,ada@example.com\nx,\nB, ADA@example.com \nC,nobody\n');
    await becomes(found, /^1 of 2 values repeats an earlier one, in 1 group\./);
    await becomes(problems, /^Row 5, email, “nobody”: /);
    const sent = requests.slice(before).filter((request) => !request.includes('/assets/') && !request.includes('/v1/user/'));
    assert.deepEqual(sent, [], 'nothing is asked of the network');
  });

  test('one open quote costs its own line at most', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => `"Person, ${index}",p${index % 400}@example.com`);
    rows.splice(100, 0, '"Open,p1@example.com');
    await list.fill(`name,email\n${rows.join('\n')}\n`);
    await becomes(found, /^101 of 501 values repeat earlier ones, in 100 groups\./);
    await becomes(problems, /A quote is opened and not closed/);
    await list.fill('name,email\n"Two\nlines",ada@example.com\nB,ADA@example.com\n"last,c@example.com');
    await becomes(found, /^1 of 3 values repeats/);
  });

  test('several columns, each of its kind, and a country for numbers that say none', async () => {
    await list.fill('email,other,mobile\na@example.com,b@example.com,0151 23456789\nc@example.com,A@example.com,+49 151 23456789\n');
    await becomes(found, /^1 of 5 values repeats/);
    await becomes(problems, /Row 2, mobile, “0151 23456789”/);
    await page.getByLabel('Numbers without a country are from').selectOption('DE');
    await becomes(found, /^2 of 6 values repeat earlier ones, in 2 groups\./);
    await page.getByRole('checkbox', { name: 'other' }).uncheck();
    await becomes(found, /^1 of 4 values repeats/);
    await page.getByLabel('Compare mobile as').selectOption('exact');
    await becomes(found, /^No duplicates among 4 values\./);
  });

  test('phones, one a line, whatever their punctuation', async () => {
    await list.fill('+1 555 010 0199\n001-555-010-0199\n+15550100198\n');
    await becomes(found, /^1 of 3 values repeats/);
  });

  test('all groups can be reached, by keyboard too', async () => {
    const lines = Array.from({ length: 120 }, (_, index) => `p${index % 60}@example.com`);
    await list.fill(lines.join('\n'));
    await becomes(page.getByRole('group', { name: 'Pages of groups' }).getByRole('status'), '1–25 of 60');
    const seen = new Set();
    const collect = async () => (await groups.locator('> li > ul > li:first-child').allTextContents()).forEach((text) => seen.add(text));
    await collect();
    const next = page.getByRole('button', { name: 'Next groups' });
    await next.focus();
    for (const range of ['26–50 of 60', '51–60 of 60']) {
      await page.keyboard.press('Enter');
      await becomes(page.getByRole('group', { name: 'Pages of groups' }).getByRole('status'), range);
      assert.ok(await next.evaluate((button) => button === document.activeElement));
      await page.waitForTimeout(100);
      await collect();
    }
    assert.equal(seen.size, 60);
  });

  test('a file takes the place of the pasted text, and says its name', async () => {
    await file('people.csv', 'email\na@example.com\nA@example.com\n');
    await becomes(found, /^1 of 2/);
    assert.equal(await list.inputValue(), '');
    await becomes(page.locator('.outcome > .quiet').first(), 'From people.csv.');
  });

  test('a file can be dropped anywhere', async () => {
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['email\nx@example.com\nx@example.com\ny@example.com\n'], 'dropped.csv', { type: 'text/csv' }));
      document.querySelector('h1').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await becomes(page.locator('.outcome > .quiet').first(), 'From dropped.csv.');
    await becomes(found, /^1 of 3/);
  });

  // The other engines' protocols do not give a download to a test.
  if (engine === 'chromium') test('downloads hold every row, and no cell of theirs is a formula', async () => {
    const evil = ['=HYPERLINK("http://example.com")', '+cmd|x', '-1+1', '@SUM(1)', '\tx', '＝1', ' =1'];
    await list.fill(`kind\n${evil.flatMap((value) => [JSON.stringify(value), JSON.stringify(value)]).map((text) => `"${JSON.parse(text).replaceAll('"', '""')}"`).join('\n')}\n`);
    await page.getByLabel(/^Compare .* as$/).selectOption('exact');
    await becomes(found, /^7 of 1[45] values repeat/);
    const text = await download('groups');
    const rows = text.replace(/^\ufeff/, '').trimEnd().split('\r\n');
    assert.equal(rows.length, 15);
    const cells = rows.slice(1).map((row) => /,"((?:[^"]|"")*)"$/.exec(row)[1]);
    for (const cell of cells) assert.match(cell, /^'/, `a formula: ${cell}`);
    await list.fill('email\nbad one\n=bad\na@example.com\nb@example.com\n');
    await becomes(problems, /bad one/);
    assert.match(await download('problems'), /"'=bad"/);
  });

  // Once: it is the same worker everywhere, and takes both cores.
  if (engine === 'chromium') test('a million rows: with progress, the page goes on, and it can be cancelled', async () => {
    await page.evaluate(() => {
      globalThis.seen_ = new Set();
      const turn = () => {
        const progress = document.querySelector('.outcome progress');
        if (progress) globalThis.seen_.add(progress.value);
        requestAnimationFrame(turn);
      };
      requestAnimationFrame(turn);
    });
    // Made in the page: a protocol between programs is no place for 40 MB.
    await page.evaluate(() => {
      globalThis.drop_ = (count, distinct) => {
        const parts = ['id,email\n'];
        for (let index = 0; index < count; index += 1) parts.push(`${index},Person${index % distinct}@example.com\n`);
        const data = new DataTransfer();
        data.items.add(new File(parts, 'people.csv', { type: 'text/csv' }));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      };
    });
    await page.evaluate(() => globalThis.drop_(1_000_000, 600_000));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await becomes(page.locator('.outcome [role=status]'), 'Cancelled. Nothing of people.csv is kept.');
    await page.evaluate(() => globalThis.drop_(1_000_000, 600_000));
    await found.waitFor({ timeout: 60_000 });
    assert.match(await found.textContent(), /^400,000 of 1,000,000 values repeat earlier ones, in 400,000 groups\./);
    assert.ok(await page.evaluate(() => globalThis.seen_.size) > 3, 'progress was seen');
    await page.getByRole('button', { name: 'Next groups' }).click();
    await becomes(page.getByRole('group', { name: 'Pages of groups' }).getByRole('status'), '26–50 of 400,000');
    await page.getByRole('button', { name: 'Clear' }).click();
  });

  test('no policy was violated, nothing was thrown, and no other origin was asked', () => {
    assert.deepEqual(violations, []);
    assert.deepEqual(errors, []);
    assert.deepEqual(requests.filter((request) => !request.startsWith(url) && !request.startsWith('blob:')), []);
  });
}
