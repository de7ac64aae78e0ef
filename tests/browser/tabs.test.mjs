// One queue in several tabs, and across reloads, in Chromium, against the sandbox.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { KEY, rests, shown, start, until } from './tabs.mjs';

const browser = await start();
after(browser.close);

const edit = (page, patch) => page.evaluate((patch) => globalThis.store.edit(patch).id, patch);
const language = (page, value) => until(page, (value) => globalThis.store.getSnapshot().user.metadata.language === value, value);
/** Either tab may send: the edit is under way, or the other one has sent it already. */
const underWay = (page) => until(page, () => {
  const [edit] = globalThis.store.getSnapshot().pending;
  return edit === undefined || edit.status === 'sending';
});
/** All that a person's storage has. */
const stored = (page) => page.evaluate(() => JSON.stringify(Object.entries(localStorage).filter(([key]) => key.startsWith('profile'))));

for (const storage of ['localstorage', 'indexeddb']) {
  test(`${storage}: an edit in one tab is in the other, and is sent once`, async () => {
    const person = await browser.person({ storage, latency: '300' });
    const [one, other] = [await person.tab(), await person.tab()];
    await edit(one, { metadata: { language: 'de' } });
    await language(other, 'de');
    await Promise.all([rests(one), rests(other)]);
    assert.deepEqual(person.patches, [{ metadata: { language: 'de' } }]);
    assert.equal((await person.user()).metadata.language, 'de');
    assert.equal((await shown(other)).needsRefetch, false);
    // And back, while the first is under way.
    await edit(other, { metadata: { notes: 'one' } });
    await edit(one, { metadata: { language: 'fr' } });
    await Promise.all([rests(one), rests(other)]);
    const { metadata } = await person.user();
    assert.deepEqual([metadata.notes, metadata.language], ['one', 'fr']);
    assert.deepEqual((await shown(one)).metadata, (await shown(other)).metadata);
    await person.close();
  });

  test(`${storage}: a tab is closed amid a flight, and the other goes on`, async () => {
    const person = await browser.person({ storage });
    const [one, other] = [await person.tab(), await person.tab()];
    await one.evaluate(() => (globalThis.latency = '5000'));
    await edit(one, { metadata: { language: 'de' } });
    await underWay(one);
    await edit(other, { metadata: { notes: 'mine' } });
    await one.close();
    await language(other, 'de');
    await rests(other);
    const { metadata } = await person.user();
    assert.deepEqual([metadata.language, metadata.notes], ['de', 'mine']);
    assert.equal((await shown(other)).metadata.language, 'de');
    await person.close();
  });

  test(`${storage}: undo and discard count in all tabs`, async () => {
    const person = await browser.person({ storage });
    const [one, other] = [await person.tab(), await person.tab()];
    await edit(one, { metadata: { language: 'de' } });
    await language(other, 'de');
    await Promise.all([rests(one), rests(other)]);
    // Made in one tab, stored, and undone in the other.
    await other.evaluate(() => void globalThis.store.edits().at(-1).undo());
    await language(one, 'en');
    await Promise.all([rests(one), rests(other)]);
    assert.equal((await person.user()).metadata.language, 'en');
    await one.evaluate(() => globalThis.store.pause());
    await until(other, () => globalThis.store.getSnapshot().paused);
    const id = await edit(one, { metadata: { language: 'it' } });
    await language(other, 'it');
    await other.evaluate((id) => globalThis.store.discard(id), id);
    await language(one, 'en');
    await one.evaluate(() => globalThis.store.resume());
    await until(other, () => !globalThis.store.getSnapshot().paused);
    assert.equal((await person.user()).metadata.language, 'en');
    await person.close();
  });

  test(`${storage}: a reload amid a pause, with undo afterwards`, async () => {
    const person = await browser.person({ storage });
    const page = await person.tab();
    await page.evaluate(() => localStorage.setItem('signed out', '1') ?? localStorage.removeItem('session'));
    await page.evaluate(() => sessionStorage.setItem('user', JSON.stringify(globalThis.store.getSnapshot().confirmed)));
    const id = await edit(page, { metadata: { language: 'de' } });
    await edit(page, { metadata: { notes: 'stays' } });
    await until(page, () => globalThis.store.getSnapshot().paused);
    await page.waitForTimeout(50);
    await page.reload();
    await page.waitForFunction(() => globalThis.isReady === true);
    await language(page, 'de');
    await page.evaluate((id) => void globalThis.store.edits().find((edit) => edit.id === id).undo(), id);
    await language(page, 'en');
    await page.evaluate((key) => localStorage.setItem('session', key), KEY);
    await page.evaluate(() => globalThis.store.resume());
    await rests(page);
    const { metadata } = await person.user();
    assert.deepEqual([metadata.language, metadata.notes], ['en', 'stays']);
    await person.close();
  });

  test(`${storage}: sign-out in one tab empties all`, async () => {
    const person = await browser.person({ storage });
    const [one, other] = [await person.tab(), await person.tab()];
    await one.evaluate(() => globalThis.store.pause());
    await edit(one, { metadata: { language: 'de' } });
    await language(other, 'de');
    await one.evaluate(() => globalThis.store.clear());
    await until(other, () => globalThis.isCleared);
    for (const page of [one, other]) {
      const { pending, paused, metadata } = await shown(page);
      assert.deepEqual([pending, paused, metadata.language], [0, false, 'en']);
    }
    assert.equal(await stored(one), '[]');
    await one.reload();
    await one.waitForFunction(() => globalThis.isReady === true);
    assert.equal((await shown(one)).pending, 0);
    assert.equal((await person.user()).metadata.language, 'en');
    await person.close();
  });
}

test('a session expires amid ten edits: sign in again, and all ten arrive', async () => {
  const person = await browser.person({ latency: '100' });
  const page = await person.tab();
  await edit(page, { metadata: { k0: 'v' } });
  await page.evaluate(() => localStorage.setItem('signed out', '1') ?? localStorage.removeItem('session'));
  for (let at = 1; at < 10; at++) await edit(page, { metadata: { [`k${at}`]: 'v' } });
  await until(page, () => globalThis.store.getSnapshot().paused);
  assert.deepEqual(await page.evaluate(() => globalThis.failures), ['signed_out']);
  await page.evaluate((key) => localStorage.setItem('session', key), KEY);
  await page.evaluate(() => globalThis.store.resume());
  await rests(page);
  const { metadata } = await person.user();
  for (let at = 0; at < 10; at++) assert.equal(metadata[`k${at}`], 'v');
  await person.close();
});

test('offline for five seconds with typing: all arrives, with one request for the run', async () => {
  const person = await browser.person();
  const page = await person.tab();
  await page.context().setOffline(true);
  const text = 'typed while there was no connection';
  const begun = Date.now();
  await page.click('#notes');
  for (const letter of text) await page.keyboard.type(letter, { delay: 140 });
  assert.ok(Date.now() - begun > 4_500);
  const sentOffline = person.patches.length;
  await page.context().setOffline(false);
  await rests(page);
  assert.equal((await person.user()).metadata.notes, text);
  // Those that found no connection never left the machine.
  const arrived = person.patches.slice(sentOffline);
  assert.ok(arrived.length <= 1 || new Set(arrived.map((patch) => JSON.stringify(patch))).size === 1, JSON.stringify(arrived));
  await person.close();
});

/** Whether the browser keeps any page for the way back: Chromium's headless shell does not. */
async function keepsPages(context) {
  const page = await context.newPage();
  await page.goto(`${browser.origin}/elsewhere`);
  await page.evaluate(() => (globalThis.mark = 'the same page'));
  await page.goto(`${browser.origin}/further`);
  await page.goBack({ waitUntil: 'commit' });
  const isKept = await page.evaluate(() => globalThis.mark !== undefined);
  await page.close();
  return isKept;
}

test('a page that comes back by the back button is right at once', async (t) => {
  const person = await browser.person();
  if (!(await keepsPages(person.context))) {
    await person.close();
    return t.skip('this browser keeps no page for the way back');
  }
  const [one, other] = [await person.tab(), await person.tab()];
  await edit(one, { metadata: { language: 'de' } });
  await Promise.all([rests(one), rests(other)]);
  await one.evaluate(() => {
    globalThis.mark = 'the same page';
    addEventListener('pageshow', ({ persisted }) => (globalThis.back = { persisted, language: globalThis.store.getSnapshot().user.metadata.language }));
  });
  await one.goto(`${browser.origin}/elsewhere`);
  await edit(other, { metadata: { language: 'fr' } });
  await rests(other);
  await one.goBack({ waitUntil: 'commit' });
  await one.waitForFunction(() => globalThis.isReady === true);
  const isKept = await one.evaluate(() => globalThis.mark === 'the same page');
  if (isKept) assert.deepEqual(await one.evaluate(() => globalThis.back), { persisted: true, language: 'fr' });
  assert.ok(isKept, `the page was not kept for the way back: ${await one.evaluate(() => JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons))}`);
  assert.equal((await shown(one)).metadata.language, 'fr');
  await edit(one, { metadata: { language: 'it' } });
  await Promise.all([rests(one), language(other, 'it')]);
  assert.equal((await person.user()).metadata.language, 'it');
  await person.close();
});

for (const storage of ['none', 'localstorage']) {
  test(`${storage}: a debounced edit is sent when the page is left`, async () => {
    const person = await browser.person({ storage });
    const page = await person.tab();
    await page.evaluate(() => void globalThis.store.edit({ metadata: { language: 'de' } }, { debounceMs: 60_000 }));
    await page.goto(`${browser.origin}/elsewhere`);
    for (let tries = 0; tries < 50 && (await person.user()).metadata.language !== 'de'; tries++) await page.waitForTimeout(100);
    assert.equal((await person.user()).metadata.language, 'de');
    await person.close();
  });
}

test('a debounced edit of a tab that is closed is sent by another one', async () => {
  const person = await browser.person();
  const [one, other] = [await person.tab(), await person.tab()];
  await one.evaluate(() => void globalThis.store.edit({ metadata: { language: 'de' } }, { debounceMs: 60_000 }));
  await language(other, 'de');
  await one.goto(`${browser.origin}/elsewhere`);
  await rests(other);
  assert.equal((await person.user()).metadata.language, 'de');
  assert.equal(person.patches.length, 1);
  await person.close();
});

test('the browser asks before a page is left, as long as something is not stored', async () => {
  const person = await browser.person({ warns: '1' });
  const page = await person.tab();
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  // Browsers ask only where a person has done something.
  await page.click('#notes');
  await page.evaluate(() => globalThis.store.pause());
  await edit(page, { metadata: { language: 'de' } });
  await page.close({ runBeforeUnload: true });
  await page.waitForTimeout(300);
  assert.deepEqual(asked, ['beforeunload']);
  await page.evaluate(() => globalThis.store.resume());
  await rests(page);
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
  assert.deepEqual(asked, ['beforeunload']);
  await person.close();
});

test('where there are no Web Locks, a lease takes their place', async () => {
  const person = await browser.person();
  await person.context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  const [one, other] = [await person.tab(), await person.tab()];
  assert.equal(await one.evaluate(() => navigator.locks), undefined);
  await edit(one, { metadata: { language: 'de' } });
  await language(other, 'de');
  await Promise.all([rests(one), rests(other)]);
  await one.evaluate(() => (globalThis.latency = '20000'));
  await edit(one, { metadata: { language: 'fr' } });
  await underWay(one);
  await one.close();
  // A lease that nobody renews runs out.
  await language(other, 'fr');
  await rests(other);
  assert.equal((await person.user()).metadata.language, 'fr');
  await person.close();
});

test('a planted vault value is in no storage and in no channel', async () => {
  const SECRET = 'a-planted-vault-value';
  const person = await browser.person();
  await person.context.addInitScript(() => {
    globalThis.posted = [];
    const { postMessage } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.postMessage = function (message) {
      globalThis.posted.push(JSON.stringify(message));
      return postMessage.call(this, message);
    };
  });
  const [one, other] = [await person.tab(), await person.tab()];
  await one.evaluate((secret) => {
    const { confirmed } = globalThis.store.getSnapshot();
    const known = { ...confirmed, updated_at: new Date(Date.parse(confirmed.updated_at) + 1).toISOString(), vault: { 'identity.first_name': secret }, email_fingerprint: secret };
    globalThis.store.receive(known);
  }, SECRET);
  await edit(one, { metadata: { language: 'de' } });
  await Promise.all([rests(one), language(other, 'de')]);
  const posted = (await Promise.all([one, other].map((page) => page.evaluate(() => globalThis.posted)))).flat();
  assert.ok(posted.some((text) => text.includes('"de"')), 'messages were seen');
  for (const text of [...posted, await stored(one), await one.evaluate(() => JSON.stringify(sessionStorage))]) assert.ok(!text.includes(SECRET), text);
  await person.close();
});
