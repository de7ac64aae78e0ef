// The demo page as a person uses it, against the real sandbox.

import assert from 'node:assert/strict';

import { becomes, play, setLatency } from './demo-page.mjs';

/** The two screens and what is below them. */
export async function screenTests(test, { url, engine, newContext, visit, violations, errors, requests }) {
  // Nothing plays by itself for a person who asked for less motion.
  const context = await newContext({ reducedMotion: 'reduce' });
  const page = await visit(context);

  const palm = (tab = page) => tab.locator('.screen.palm');
  const usual = (tab = page) => tab.locator('.screen.usual');
  const row = (screen, key) => screen.locator(`[data-row="${key}"]`);
  const field = (key, tab = page) => row(palm(tab), key).locator('input');
  const stored = (key, tab = page) => row(palm(tab), key).locator('.stored');
  const verdict = (screen) => screen.locator('.verdict b');
  const first = (tab = page) => tab.locator('.edits li').first();
  const phase = (tab = page) => first(tab).locator('.phase');
  const choose = (language, tab = page) => row(palm(tab), 'language').locator(`input[value=${language}]`).click();
  const chosen = (screen) => screen.locator('[data-row=language] :checked').inputValue();
  const fault = (value, tab = page) => tab.getByLabel('The next request will').selectOption(value);
  const add = async (key, value, tab = page) => {
    const form = palm(tab).locator('.add');
    if (!(await form.evaluate(({ open }) => open))) await form.locator('summary').click();
    await palm(tab).getByLabel('New key').fill(key);
    await palm(tab).getByLabel('New value').fill(value);
    await palm(tab).getByRole('button', { name: 'Add', exact: true }).click();
  };
  /** As another program does: with the key that the page shows in its command. */
  const writeElsewhere = async (patch, tab = page) => {
    const account = await tab.evaluate(() => JSON.parse(localStorage.getItem('palm-user:page')));
    for (const side of ['usual', 'palm']) {
      const headers = { authorization: `Bearer ${account.apiKey}`, 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v1/user/${account[side]}`, { method: 'PATCH', headers, body: JSON.stringify(patch) });
      assert.equal(answer.status, 200);
    }
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

  test('the HTML alone says what it is, for whom, why, and how to install it', async () => {
    const html = await (await fetch(url)).text();
    const text = html.replace(/\s+/g, ' ');
    for (const said of ['updates a user of the Palm identity API', 'for JavaScript and Rust developers', 'npm install palm-user', 'Get started']) {
      assert.ok(text.includes(said), said);
    }
  });

  test('one click goes to both screens, is shown at once and stored later', async () => {
    await setLatency(page, 4_000);
    // In one go: what is shown at once must not depend on how fast a test can ask for it.
    const shown = await page.evaluate(async () => {
      document.querySelector('.palm [data-row=language] input[value=fr]').click();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const chosen = ['usual', 'palm'].map((side) => document.querySelector(`.${side} [data-row=language] :checked`).value);
      return [...chosen, document.querySelector('.palm [data-row=language] .stored').textContent];
    });
    assert.deepEqual(shown, ['fr', 'fr', 'server: en']);
    await becomes(stored('language'), 'stored');
    await becomes(verdict(palm()), 'Matches the server.');
    await becomes(verdict(usual()), 'Matches the server.');
    await becomes(phase(), /^stored after \d+\.\d s$/);
  });

  /** What each screen comes to: the verdict, and the language it shows. What is stored is asked of the sandbox, past the page. */
  const SCENARIOS = {
    lost: { usual: ['This screen is wrong.', 'en'], palm: ['Matches the server.', 'de'], stored: ['de', 'de'] },
    slow: { usual: ['Your edit is gone.', 'de'], palm: ['Matches the server.', 'fr'], stored: ['de', 'fr'] },
    refused: { usual: ['This screen is wrong.', 'en'], palm: ['One edit was refused.', 'de'], stored: ['de', 'de'] },
    limited: { usual: ['Your edit is gone.', 'en'], palm: ['Matches the server.', 'de'], stored: ['en', 'de'] },
    offline: { usual: ['Your edit is gone.', 'en'], palm: ['Matches the server.', 'de'], stored: ['en', 'de'] },
    session: { usual: ['Your edit is gone.', 'en'], palm: ['Matches the server.', 'de'], stored: ['en', 'de'] },
    writer: { usual: ['This screen is wrong.', 'en'], palm: ['Matches the server.', 'de'], stored: ['de', 'de'] },
  };

  const played = async (id) => {
    const tab = await visit(await newContext({ reducedMotion: 'reduce' }));
    await play(tab, id);
    return tab;
  };
  // Three at a time, each in a browser context with users of its own. WebKit's driver talks to
  // one window at a time, and Firefox needs both cores for one: there each waits for its test.
  const runs = [];
  if (engine === 'chromium') {
    for (const [index, id] of Object.keys(SCENARIOS).entries()) {
      const run = (runs[index - 3] ?? Promise.resolve()).then(() => played(id));
      // Its test tells.
      run.catch(() => undefined);
      runs.push(run);
    }
  }

  for (const [index, [id, expected]] of Object.entries(SCENARIOS).entries()) {
    test(`scenario ${id}: the left screen fails as its caption says, and the right one does not`, async () => {
      const tab = await (runs[index] ?? played(id));
      await becomes(verdict(usual(tab)), expected.usual[0]);
      await becomes(verdict(palm(tab)), expected.palm[0]);
      assert.deepEqual([await chosen(usual(tab)), await chosen(palm(tab))], [expected.usual[1], expected.palm[1]]);
      const account = await tab.evaluate(() => JSON.parse(localStorage.getItem('palm-user:page')));
      const read = async (side) => {
        const answer = await fetch(`${url}/v1/user/${account[side]}`, { headers: { authorization: `Bearer ${account.apiKey}` } });
        return (await answer.json()).metadata;
      };
      const [left, right] = [await read('usual'), await read('palm')];
      assert.deepEqual([left.language, right.language], expected.stored);
      if (id === 'offline') assert.deepEqual([left.newsletter, right.newsletter], ['no', 'yes']);
      if (id === 'writer') assert.equal(await field('notes', tab).inputValue(), 'Call after 6 pm');
      await tab.context().close();
    });
  }

  test('429 counts down, and goes on by itself', async () => {
    await page.locator('[data-scenario=limited]').click();
    const detail = palm().locator('.verdict span');
    await becomes(detail, /^Too many requests\. Trying again in [123] s\.$/);
    await becomes(page.locator('[data-lane="palm waits"] .span').last(), 'wait: Retry-After');
    await becomes(verdict(palm()), 'Matches the server.');
  });

  test('a scenario can be stopped, and a click by hand ends it', async () => {
    await page.locator('[data-scenario=offline]').click();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await becomes(page.locator('.caption p'), /^Your turn/);
    assert.equal(await page.getByRole('switch', { name: 'Offline' }).isChecked(), false);
    await page.locator('[data-scenario=slow]').click();
    await page.locator('.caption[data-state=playing]').waitFor();
    await page.waitForTimeout(600);
    await choose('pl');
    await becomes(page.locator('.caption p'), /^Your turn/);
    await becomes(verdict(palm()), 'Matches the server.');
    assert.equal(await chosen(palm()), 'pl');
  });

  test('a refused edit goes from the screen, says why, and can be tried again', async () => {
    await setLatency(page, 0);
    await fault('status=400');
    await choose('fr');
    await becomes(phase(), /^refused/);
    assert.equal(await chosen(palm()), 'pl');
    await becomes(first().locator('.message'), /Nothing was stored/);
    await page.getByRole('button', { name: 'Try again: language = fr' }).first().click();
    await becomes(phase(), /^stored/);
    assert.equal(await chosen(palm()), 'fr');
  });

  test('an edit can be undone; the focus stays with it, and an undo that would do nothing says so', async () => {
    await choose('de');
    await becomes(stored('language'), 'stored');
    await first().getByRole('button', { name: 'Undo language = de' }).click();
    await becomes(stored('language'), 'stored');
    assert.equal(await chosen(palm()), 'fr');
    assert.equal(await page.evaluate(() => document.activeElement.matches('.edits li')), true);
    const older = page.locator('.edits li').filter({ hasText: 'language = pl' }).first();
    await older.getByRole('button').click();
    await becomes(page.locator('.said'), /^Nothing to undo in “language = pl”/);
    assert.equal(await chosen(palm()), 'fr');
  });

  test('Remove: the focus goes to what takes its place', async () => {
    await add('one', '1');
    await add('two', '2');
    await becomes(stored('two'), 'stored');
    await row(palm(), 'one').getByRole('button', { name: 'Remove one' }).click();
    await becomes(page.locator(':focus'), '');
    assert.equal(await page.evaluate(() => document.activeElement.closest('[data-row]')?.dataset.row), 'two');
    await row(palm(), 'two').getByRole('button', { name: 'Remove two' }).click();
    await page.waitForFunction(() => document.activeElement.matches('summary, input'));
  });

  for (const value of ['drop=before', 'drop=after', 'status=500', 'status=429; retry-after=3', 'body=html']) {
    test(`${value}: the edit stays on screen, and is stored by itself`, async () => {
      const key = `after ${value.replace(/\W+/g, ' ')}`;
      await fault(value);
      await add(key, 'kept');
      assert.equal(await field(key).inputValue(), 'kept');
      await becomes(verdict(palm()), 'Matches the server.');
      assert.equal(await field(key).inputValue(), 'kept');
      await becomes(stored(key), 'stored');
    });
  }

  test('offline by hand: edits wait, and are sent when the network is back', async () => {
    await page.getByRole('switch', { name: 'Offline' }).check();
    await add('offline', 'yes');
    await becomes(verdict(palm()), /kept/);
    assert.equal(await field('offline').inputValue(), 'yes');
    await page.getByRole('switch', { name: 'Offline' }).uncheck();
    await becomes(stored('offline'), 'stored');
  });

  test('an expired session by hand: the pause says why, and signing in goes on', async () => {
    await page.getByRole('switch', { name: 'Session expired' }).check();
    await add('expired', 'kept');
    await becomes(palm().locator('.verdict span'), 'The session has expired. Sign in to go on.');
    await palm().getByRole('button', { name: 'Sign in' }).click();
    await becomes(stored('expired'), 'stored');
  });

  test('pausing by hand says so, and resumes', async () => {
    await page.getByRole('button', { name: 'Pause sending' }).click();
    await add('paused', 'kept');
    await becomes(palm().locator('.verdict span'), /^You paused it\. Resume to go on\.$/);
    await page.getByRole('button', { name: 'Resume sending' }).click();
    await becomes(stored('paused'), 'stored');
  });

  test('somebody else’s write is seen while the page has the focus', async () => {
    await writeElsewhere({ metadata: { notes: 'from a command' } });
    await page.waitForFunction(() => document.querySelector('.palm [data-row=notes] input').value === 'from a command');
    assert.equal(await row(usual(), 'notes').locator('input').inputValue(), 'from a command');
  });

  test('a reload in mid-flight restores the edit and completes it, and keeps the network’s settings', async () => {
    await setLatency(page, 3_000);
    await add('reloaded', 'in mid-flight');
    await becomes(phase(), /^under way/);
    await page.reload();
    await page.waitForSelector('.screens:not([inert])');
    assert.equal(await page.locator('input[type=range]').inputValue(), '3000');
    await setLatency(page, 0);
    assert.equal(await field('reloaded').inputValue(), 'in mid-flight');
    await becomes(stored('reloaded'), 'stored');
  });

  test('two tabs that edit the same user converge', async () => {
    const other = await visit(context);
    await setLatency(page, 400);
    await setLatency(other, 200);
    await Promise.all([add('from one', '1', page), add('from two', '2', other)]);
    for (const tab of [page, other]) {
      await becomes(stored('from one', tab), 'stored');
      await becomes(stored('from two', tab), 'stored');
    }
    await Promise.all([add('contested', 'a', page), add('contested', 'b', other)]);
    await becomes(stored('contested'), 'stored');
    await other.waitForFunction((value) => document.querySelector('.palm [data-row=contested] input')?.value === value, await field('contested').inputValue(), { timeout: 15_000 });
    await other.close();
  });

  test('a lone surrogate is refused, and stays in its field', async () => {
    await palm().getByLabel('New value').evaluate((input) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, 'half \ud83d');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await palm().getByLabel('New key').fill('emoji');
    await palm().getByRole('button', { name: 'Add', exact: true }).click();
    await becomes(palm().locator('.add .message'), /surrogate|Unicode|well-formed/i);
    assert.equal(await palm().getByLabel('New value').evaluate((input) => input.value.length), 6);
    assert.equal(await palm().getByLabel('New key').inputValue(), 'emoji');
  });

  test('a 51st key is refused and stays in its form; 40 edits stay in their order, and none vanishes', async () => {
    await setLatency(page, 100);
    const count = async () => Number((await palm().locator('.add .count').textContent()).split(' ')[0]);
    await add(`key_${await count()}`, 'x');
    // The rest by the page's own form, without the time that a test takes to type.
    await page.evaluate(async (from) => {
      const form = document.querySelector('.palm .add form');
      const set = (input, value) => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      };
      for (let next = from; next < 50; next += 1) {
        const [key, value] = form.querySelectorAll('input');
        set(key, `key_${next}`);
        set(value, 'x');
        form.requestSubmit();
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }, await count());
    assert.equal(await count(), 50);
    await add('one too many', 'kept');
    await becomes(palm().locator('.add .message'), /50/);
    assert.equal(await palm().getByLabel('New key').inputValue(), 'one too many');
    assert.equal(await palm().getByLabel('New value').inputValue(), 'kept');
    await becomes(stored('key_49'), 'stored');
    const names = await page.locator('.edits .what').allTextContents();
    const numbers = names.map((name) => Number(/^key_(\d+) = x$/.exec(name)?.[1])).filter((number) => !Number.isNaN(number));
    assert.ok(numbers.length > 30, `${numbers.length} edits`);
    assert.deepEqual(numbers, numbers.toSorted((a, b) => b - a));
    assert.ok(names.length > numbers.length, 'older edits are still there');
  });

  test('bars lie on one axis: a longer request has a longer bar', async () => {
    for (const ms of [300, 1_500]) {
      await setLatency(page, ms);
      const before = await first().getAttribute('data-id');
      await choose((await chosen(palm())) === 'de' ? 'fr' : 'de');
      await page.waitForFunction((id) => document.querySelector('.edits li').dataset.id !== id, before);
      await becomes(phase(), /^stored/);
      await page.waitForFunction(() => document.querySelector('.timeline .span[data-ending=open]') === null);
    }
    // The timeline is drawn behind the click.
    const isLonger = () => {
      const [short, long] = [...document.querySelectorAll('[data-lane="palm requests"] .span')].slice(-2).map((bar) => bar.getBoundingClientRect().width);
      return long > 2 * short;
    };
    await page.waitForFunction(isLonger, undefined, { timeout: 10_000 });
    await setLatency(page, 0);
  });

  // Once: the other engines lay a text of megabytes out for longer than their protocols wait.
  if (engine === 'chromium') test('5 MB pasted into a value: the server refuses it, and it can be tried again', async () => {
    const input = field('notes');
    const before = await input.inputValue();
    await input.evaluate((element) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(element, 'x'.repeat(5_000_000));
      element.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await input.press('Enter', { timeout: 120_000 });
    await becomes(phase(), /^refused/);
    await becomes(first().locator('.message'), /^The server answered 413\. .*larger than/);
    assert.equal(await input.inputValue(), before);
    assert.equal(await first().getByRole('button', { name: /^Try again/ }).count(), 1);
  });

  test('what was clicked is there as code, as a command that works, and as a link to the same state', async () => {
    await choose('pl');
    await becomes(stored('language'), 'stored');
    const snippet = page.getByTestId('snippet');
    assert.match(await snippet.textContent(), /store\.edit\(\{ metadata: \{ language: 'pl' \} \}\);/);
    await page.getByRole('tab', { name: 'cURL' }).click();
    const command = await snippet.textContent();
    const [, target] = /-X PATCH '([^']+)'/.exec(command);
    const [, authorization] = /authorization: (Bearer \w+)/.exec(command);
    const [, body] = /-d '([^']+)'/.exec(command);
    const answer = await fetch(target.replace(/^http:\/\/[^/]+/, url), { method: 'PATCH', headers: { authorization, 'content-type': 'application/json' }, body: body.replace('pl', 'en') });
    assert.equal((await answer.json()).metadata.language, 'en');
    await page.waitForFunction(() => document.querySelector('.palm [data-row=language] :checked').value === 'en');
    await page.getByRole('tab', { name: 'cURL' }).press('ArrowRight');
    const link = new URL(await snippet.textContent());
    assert.equal(link.search, '');
    const opened = await visit(await newContext({ reducedMotion: 'reduce' }), `/${link.hash.replace(/^/, '')}`);
    assert.equal(await chosen(palm(opened)), 'en');
    assert.equal(await opened.locator('.palm [data-row=key_49] input').inputValue(), 'x');
    await opened.context().close();
  });

  test('a link that is damaged opens the page as it is', async () => {
    const opened = await visit(await newContext({ reducedMotion: 'reduce' }), '/#state=bm90IGpzb24');
    assert.equal(await chosen(palm(opened)), 'en');
    await opened.context().close();
  });

  test('the playground shows issues as one types, and keeps the text', async () => {
    const patch = page.getByLabel('Patch', { exact: true });
    await patch.fill('{"metadata": {"a/b": "\\ud800"}, "displayName": "x"}');
    const issues = page.getByRole('list', { name: 'Issues: Patch' });
    await becomes(issues, /\/metadata\/a~1b ill_formed_string/);
    assert.match(await issues.textContent(), /\/displayName unknown_field/);
    await patch.fill('{"metadata": {');
    await becomes(page.locator('.source .message'), /not JSON yet/);
    assert.equal(await patch.inputValue(), '{"metadata": {');
    await patch.fill('{"metadata": {"signup_source": null, "language": "de"}}');
    const result = (title) => page.getByLabel(title, { exact: true }).textContent();
    await becomes(page.getByLabel('Both patches as one', { exact: true }), /called back/);
    assert.deepEqual(JSON.parse(await result('Undo')), { patch: { metadata: { signup_source: 'mobile_app', language: 'en' } }, lossy: [] });
    assert.deepEqual(JSON.parse(await result('From the user to the end, smallest')), { metadata: { language: null, signup_source: null, notes: 'called back' } });
    assert.equal(await page.locator('.playground [aria-live]').count(), 0, 'JSON is not read aloud at each key');
  });

  if (engine === 'chromium') test('5 MB pasted into the playground: examined, shortened on screen, kept in the field', async () => {
    const patch = page.getByLabel('Patch', { exact: true });
    const text = JSON.stringify({ metadata: { big: 'x'.repeat(5_000_000) } });
    await patch.fill(text);
    await becomes(page.getByLabel('The user after the patch', { exact: true }), /more characters$/);
    assert.equal(await patch.evaluate((area) => area.value.length), text.length);
    await patch.fill('{}');
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
    // It is told a little later, and is no violation of the tests that follow.
    for (let left = 200; engine === 'chromium' && violations.length === 0 && left > 0; left -= 1) await page.waitForTimeout(50);
    violations.length = 0;
  });
}
