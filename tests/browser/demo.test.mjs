// The demo page as a person uses it, against the real sandbox.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openDemo, setLatency } from './demo-page.mjs';

const { url, newContext, visit, violations, errors, requests, close } = await openDemo();
after(close);

const context = await newContext();
const page = await visit(context);

const field = (key, tab = page) => tab.locator('.shown .field').filter({ has: tab.locator(`label:text("${key}")`) }).locator('input');
const confirmed = (key, tab = page) => tab.locator('[data-testid=confirmed] > div').filter({ hasText: key }).locator('dd');
const chip = (tab = page) => tab.locator('.timeline li .chip').first();
const becomes = async (locator, expected) => {
  for (let left = 100; left > 0; left -= 1) {
    const text = await locator.textContent({ timeout: 100 }).catch(() => undefined);
    if (text !== undefined && (expected instanceof RegExp ? expected.test(text) : text === expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${locator} did not become ${expected}, but is ${await locator.textContent({ timeout: 100 }).catch(() => 'not there')}`);
};
const add = async (key, value, tab = page) => {
  await tab.getByLabel('New key').fill(key);
  await tab.getByLabel('New value').fill(value);
  await tab.getByRole('button', { name: 'Add', exact: true }).click();
};

test('the page is served with the headers that keep it to itself', async () => {
  const { headers } = await fetch(url);
  const expected = {
    'content-security-policy': /^default-src 'none';.*; require-trusted-types-for 'script'; trusted-types worker$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'permissions-policy': /^camera=\(\), .*geolocation=\(\)/,
    'strict-transport-security': /^max-age=31536000$/,
    'x-content-type-options': /^nosniff$/,
  };
  for (const [name, pattern] of Object.entries(expected)) assert.match(headers.get(name) ?? '', pattern, name);
});

test('an edit is shown at once and confirmed later', async () => {
  await setLatency(page, 700);
  await field('language').fill('fr');
  await field('language').press('Enter');
  assert.equal(await field('language').inputValue(), 'fr');
  assert.equal(await confirmed('language').textContent(), 'en');
  assert.match(await chip().textContent(), /^(waiting|under way)/);
  await becomes(confirmed('language'), 'fr');
  await becomes(chip(), /^confirmed/);
});

test('a rejected edit goes from the screen, says why, and can be tried again', async () => {
  await setLatency(page, 0);
  await page.getByLabel('The next request will').selectOption('status=400');
  await page.getByLabel('Remove signup_source').click();
  await becomes(chip(), /^rejected/);
  assert.equal(await field('signup_source').inputValue(), 'mobile_app');
  await becomes(page.locator('.timeline li .message').first(), /Nothing was stored/);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await becomes(chip(), /^confirmed/);
  assert.equal(await field('signup_source').count(), 0);
});

test('an edit can be undone', async () => {
  await field('language').fill('de');
  await field('language').press('Enter');
  await becomes(confirmed('language'), 'de');
  await page.locator('.timeline li').first().getByRole('button', { name: 'Undo' }).click();
  await becomes(confirmed('language'), 'fr');
  assert.equal(await field('language').inputValue(), 'fr');
});

for (const fault of ['drop=before', 'drop=after', 'status=500', 'status=429; retry-after=2']) {
  test(`${fault}: the edit stays on screen, and is stored when it is sent again`, async () => {
    const key = `after ${fault.replace(/\W+/g, ' ')}`;
    await page.getByLabel('The next request will').selectOption(fault);
    await add(key, 'kept');
    await becomes(chip(), /^paused/);
    assert.equal(await field(key).inputValue(), 'kept');
    await page.getByRole('button', { name: 'Send again' }).click();
    await becomes(confirmed(key), 'kept');
  });
}

test('body=html: the edit stays on screen, and a read shows that it is stored', async () => {
  await page.getByLabel('The next request will').selectOption('body=html');
  await add('after html', 'kept');
  await becomes(confirmed('after html'), 'kept');
  assert.equal(await field('after html').inputValue(), 'kept');
  await becomes(chip(), /^confirmed/);
  await page.getByRole('button', { name: 'Pause sending' }).waitFor();
});

test('offline: edits wait, and are sent when the network is back', async () => {
  await page.getByRole('switch', { name: 'Offline' }).check();
  await add('offline', 'yes');
  await becomes(chip(), /^paused/);
  assert.equal(await field('offline').inputValue(), 'yes');
  await page.getByRole('switch', { name: 'Offline' }).uncheck();
  await becomes(confirmed('offline'), 'yes');
});

test('a reload in mid-flight restores the edit and completes it', async () => {
  await setLatency(page, 3_000);
  await add('reloaded', 'in mid-flight');
  await becomes(chip(), /^under way/);
  await page.reload();
  await page.waitForSelector('.shown');
  await setLatency(page, 0);
  assert.equal(await field('reloaded').inputValue(), 'in mid-flight');
  await becomes(confirmed('reloaded'), 'in mid-flight');
});

test('two tabs that edit the same user converge', async () => {
  const other = await visit(context);
  await setLatency(page, 400);
  await setLatency(other, 200);
  await Promise.all([add('from one', '1', page), add('from two', '2', other)]);
  for (const tab of [page, other]) {
    await becomes(confirmed('from one', tab), '1');
    await becomes(confirmed('from two', tab), '2');
  }
  // The same key from both: whatever the server made of it is what both show.
  await Promise.all([add('contested', 'a', page), add('contested', 'b', other)]);
  await becomes(chip(page), /^confirmed/);
  await becomes(chip(other), /^confirmed/);
  const read = (tab) => tab.locator('[data-testid=confirmed]').textContent();
  for (let left = 50; (await read(page)) !== (await read(other)) && left > 0; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(await read(page), await read(other));
  assert.equal(await field('contested', page).inputValue(), await field('contested', other).inputValue());
  await other.close();
});

test('a lone surrogate is refused, and stays in its field', async () => {
  await page.getByLabel('New value').evaluate((input) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, 'half \ud83d');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.getByLabel('New key').fill('emoji');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await becomes(page.locator('.add .message'), /surrogate|Unicode|well-formed/i);
  assert.equal(await page.getByLabel('New value').evaluate((input) => input.value.length), 6);
  assert.equal(await page.getByLabel('New key').inputValue(), 'emoji');
});

test('a 51st key is refused, and stays in its form', async () => {
  await setLatency(page, 0);
  const count = async () => Number((await page.locator('.count').textContent()).split(' ')[0]);
  for (let next = await count(); next < 50; next += 1) await add(`key ${next}`, 'x');
  assert.equal(await count(), 50);
  await add('one too many', 'kept');
  await becomes(page.locator('.add .message'), /50/);
  assert.equal(await page.getByLabel('New key').inputValue(), 'one too many');
  assert.equal(await page.getByLabel('New value').inputValue(), 'kept');
  await becomes(chip(), /^confirmed/);
});

test('5 MB pasted into a value: the server refuses it, and it can be tried again', async () => {
  const input = field('language');
  await input.evaluate((element) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(element, 'x'.repeat(5_000_000));
    element.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await input.press('Enter');
  await becomes(chip(), /^rejected/);
  await becomes(page.locator('.timeline li .message').first(), /larger than 1048576 bytes/);
  assert.equal(await input.inputValue(), 'fr');
  assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 1);
});

test('the playground shows issues as one types, and keeps the text', async () => {
  const patch = page.getByLabel('Patch', { exact: true });
  await patch.fill('{"metadata": {"a/b": "\\ud800"}, "displayName": "x"}');
  const issues = page.getByRole('list', { name: 'Issues: Patch' });
  await becomes(issues, /\/metadata\/a~1b ill_formed_string/);
  assert.match(await issues.textContent(), /\/displayName unknown_field/);
  await patch.fill('{"metadata": {');
  await becomes(page.locator('.source [role=alert]'), /not JSON yet/);
  assert.equal(await patch.inputValue(), '{"metadata": {');
  await patch.fill('{"metadata": {"signup_source": null, "language": "de"}}');
  const result = (title) => page.getByLabel(title, { exact: true }).textContent();
  await becomes(page.getByLabel('Both patches as one', { exact: true }), /called back/);
  assert.deepEqual(JSON.parse(await result('Undo')), { patch: { metadata: { signup_source: 'mobile_app', language: 'en' } }, lossy: [] });
  assert.deepEqual(JSON.parse(await result('From the user to the end, smallest')), { metadata: { language: null, signup_source: null, notes: 'called back' } });
});

test('5 MB pasted into the playground: examined, shortened on screen, kept in the field', async () => {
  const patch = page.getByLabel('Patch', { exact: true });
  const text = JSON.stringify({ metadata: { big: 'x'.repeat(5_000_000) } });
  await patch.fill(text);
  await becomes(page.getByLabel('The user after the patch', { exact: true }), /more characters$/);
  assert.equal(await patch.evaluate((area) => area.value.length), text.length);
  await patch.fill('{}');
});

test('duplicates in a malformed CSV: what is readable is used, the rest is named', async () => {
  const before = requests.length;
  await page.getByLabel('or paste a list').fill('name,email\nAda,ada@example.com\n"Open,ADA@example.com\n');
  await becomes(page.locator('.outcome summary').first(), /Malformed lines/);
  await page.getByLabel('or paste a list').fill('name,email\nAda,ada@example.com\nx,\nB, ADA@example.com \nC,nobody\n');
  await becomes(page.getByTestId('found'), /^1 of 2 values repeat another one, in 1 groups/);
  await becomes(page.locator('.outcome details'), /Row 5: .*@/);
  assert.match(await page.getByLabel('or paste a list').inputValue(), /nobody/);
  const sent = requests.slice(before).filter((request) => !request.includes('/assets/'));
  assert.deepEqual(sent, [], 'nothing leaves the page');
});

test('phones, one a line, whatever their punctuation', async () => {
  await page.getByLabel('or paste a list').fill('+1 555 010 0199\n001-555-010-0199\n+15550100198\n');
  await becomes(page.getByTestId('found'), /^1 of 3 values/);
});

test('a file of 100,000 rows: all read, with progress, while the page goes on', async () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => `${index},Person${index % 60_000}@example.com`);
  await page.evaluate(() => {
    globalThis.frames_ = 0;
    globalThis.seen_ = new Set();
    const turn = () => {
      globalThis.frames_ += 1;
      const progress = document.querySelector('.outcome progress');
      if (progress) globalThis.seen_.add(progress.value);
      requestAnimationFrame(turn);
    };
    turn();
  });
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`id,email\n${rows.join('\n')}\n`) });
  await becomes(page.getByTestId('found'), /^40,000 of 100,000 values repeat another one, in 40,000 groups/);
  assert.ok(await page.evaluate(() => globalThis.seen_.size) > 1, 'progress was seen');
});

test('everything can be reached and named: no control without a label', async () => {
  const unnamed = await page.evaluate(() =>
    [...document.querySelectorAll('input, select, textarea, button, a[href]')]
      .filter((element) => !(element.labels?.length || element.getAttribute('aria-label') || element.textContent.trim()))
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(unnamed, []);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement !== document.body && document.activeElement.matches(':focus-visible')));
});

test('no width of screen makes it scroll sideways', async () => {
  const narrow = await visit(await newContext({ viewport: { width: 320, height: 640 }, colorScheme: 'dark' }));
  assert.ok(await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.notEqual(await narrow.evaluate(() => getComputedStyle(document.body).backgroundColor), await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
});

test('no policy was violated, nothing was thrown, and no other origin was asked', () => {
  assert.deepEqual(violations, []);
  assert.deepEqual(errors, []);
  assert.deepEqual(requests.filter((request) => !request.startsWith(url)), []);
});

test('and the policy is enforced: text does not become markup', async () => {
  const thrown = await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>text</b>';
    } catch (error) {
      return error.name;
    }
    return 'nothing';
  });
  assert.equal(thrown, 'TypeError');
});
