// The demo page for everybody: axe in every state, every width, both schemes, forced colours,
// by keyboard alone; and nothing that moves while it is read.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';

import { becomes, openDemo } from './demo-page.mjs';
import { STATES } from './demo-states.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { newContext, visit, violations, errors, close } = await openDemo();
after(close);

/** What axe finds, as one line each. */
async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary.split('\n')[1]?.trim()}`));
  });
}

const WIDTHS = [320, 390, 768, 1440, 1920];
/** Minutes, and no more than the narrowest and a wide screen usually tell: PALM_USER_AXE=all looks at every width in both schemes. */
const isWhole = process.env.PALM_USER_AXE === 'all';
const schemesAt = (width) => (isWhole ? ['light', 'dark'] : { 320: ['dark'], 1440: ['light'] }[width] ?? []);

for (const { name, reach } of STATES) {
  test(`${name}: axe has no finding, from 320 to 1,920 px, light, dark and in forced colours; nothing scrolls sideways`, async () => {
    const page = await visit(await newContext({ reducedMotion: 'reduce', viewport: { width: 1440, height: 900 } }));
    await reach(page);
    const found = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of schemesAt(width)) {
        await page.emulateMedia({ colorScheme, forcedColors: 'none', reducedMotion: 'reduce' });
        found.push(...(await findings(page)).map((finding) => `${width} ${colorScheme}: ${finding}`));
      }
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${width}: ${content} px wide`);
    }
    await page.emulateMedia({ forcedColors: 'active' });
    found.push(...(await findings(page)).map((finding) => `forced colours: ${finding}`));
    assert.deepEqual(found, []);
    await page.context().close();
  });
}

test('in forced colours, what is chosen and what is on can be told from what is not', async () => {
  const page = await visit(await newContext({ reducedMotion: 'reduce', forcedColors: 'active' }));
  const background = (selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
  assert.notEqual(await background('.palm .chips label:has(:checked)'), await background('.palm .chips label:not(:has(:checked))'));
  const off = await background('.palm [role=switch]');
  await page.locator('.palm [role=switch]').click();
  assert.notEqual(await background('.palm [role=switch]'), off);
  await page.context().close();
});

test('by keyboard alone: a scenario, an edit, its undo, a new key, its removal, the network, a list', async () => {
  const page = await visit(await newContext({ reducedMotion: 'reduce' }));
  const seen = () => page.evaluate(() => {
    const element = document.activeElement;
    const text = element.getAttribute('aria-label') ?? (element.labels?.[0]?.textContent || element.textContent);
    return { text: text.trim(), tag: element.localName, place: element.closest('.palm, .usual')?.classList[1], value: element.value, isVisible: element.matches(':focus-visible') };
  });
  /** Tabs on to what has this name, as a person does. */
  const tabTo = async (name, place) => {
    for (let left = 140; left > 0; left -= 1) {
      await page.keyboard.press('Tab');
      const at = await seen();
      if ((name instanceof RegExp ? name.test(at.text) : at.text === name) && (place === undefined || at.place === place)) {
        assert.ok(at.isVisible, `${name}: the focus can be seen`);
        return;
      }
    }
    assert.fail(`${name} was not reached`);
  };
  await page.keyboard.press('Tab');
  assert.equal((await seen()).text, 'Skip to the content');
  await tabTo('en', 'palm');
  await page.keyboard.press('ArrowRight');
  await becomes(page.locator('.palm [data-row=language] .stored'), 'stored');
  assert.equal(await page.locator('.palm [data-row=language] :checked').inputValue(), 'de');
  await tabTo(/^Add a key/, 'palm');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('theme');
  await page.keyboard.press('Tab');
  await page.keyboard.type('dark');
  await page.keyboard.press('Enter');
  await becomes(page.locator('.palm [data-row=theme] .stored'), 'stored');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.equal((await seen()).text, 'Remove theme');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.palm [data-row=theme]') === null);
  assert.notEqual((await seen()).tag, 'body');
  await tabTo('429');
  await page.keyboard.press('Enter');
  await page.locator('.caption[data-state=over]').waitFor({ timeout: 20_000 });
  await tabTo('Undo language = de');
  await page.keyboard.press('Enter');
  await becomes(page.locator('.said'), /^Undone/);
  assert.equal((await seen()).tag, 'li');
  await tabTo('Code');
  await page.keyboard.press('ArrowRight');
  assert.equal((await seen()).text, 'cURL');
  await tabTo('Offline');
  await page.keyboard.press('Space');
  assert.equal(await page.getByRole('switch', { name: 'Offline' }).isChecked(), true);
  await page.keyboard.press('Space');
  await tabTo('Try a sample');
  await page.keyboard.press('Enter');
  await page.getByTestId('found').waitFor();
  await page.context().close();
});

test('no two buttons have one name', async () => {
  const page = await visit(await newContext({ reducedMotion: 'reduce' }));
  await STATES.find(({ name }) => name === 'many-edits').reach(page);
  await page.locator('.palm [role=switch]').click();
  const names = await page.locator('.edits button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
  assert.ok(names.length > 0 && names.every((name) => /^(Undo|Try again: ) ?.+/.test(name)), names.join());
  await page.context().close();
});

test('no text is smaller than 12 px, and no input smaller than 16 px, which a phone would zoom to', async () => {
  const page = await visit(await newContext({ reducedMotion: 'reduce', viewport: { width: 390, height: 844 } }));
  const [inputs, texts] = await page.evaluate(() => {
    const size = (element) => parseFloat(getComputedStyle(element).fontSize);
    const inputs = [...document.querySelectorAll('input:not([type=checkbox],[type=radio],[type=range],[type=file]), select, textarea')];
    return [Math.min(...inputs.map(size)), Math.min(...[...document.querySelectorAll('body *')].map(size))];
  });
  assert.ok(inputs >= 16 && texts >= 12, `${inputs}, ${texts}`);
  await page.context().close();
});

for (const [width, height] of [[390, 844], [1440, 900]]) {
  test(`${width} px, cold: the first screen says what, for whom, why and how; the play ends within ten seconds; nothing is shifted`, async () => {
    const context = await newContext({ viewport: { width, height } });
    await context.addInitScript(() => {
      globalThis.shift_ = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift_ += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const page = await visit(context);
    for (const selector of ['h1', '.hero .lead', '.why li:last-child', '#install', '.links .primary', '#stage-title']) {
      const box = await page.locator(selector).boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= width, `${selector} is on the first screen`);
    }
    const began = await page.evaluate(() => performance.now());
    await page.locator('.caption[data-state=over]').waitFor({ timeout: 20_000 });
    const took = await page.evaluate(() => performance.now());
    await becomes(page.locator('.usual .verdict b'), 'This screen is wrong.');
    await becomes(page.locator('.palm .verdict b'), 'Matches the server.');
    // On a machine that does other things beside.
    assert.ok(took - began < 15_000, `${took} ms`);
    const shift = await page.evaluate(() => globalThis.shift_);
    assert.ok(shift < 0.05, `layout shift ${shift}`);
    // Once: the next visit is left alone.
    await page.reload();
    await page.waitForSelector('.screens:not([inert])');
    assert.equal(await page.locator('.caption').getAttribute('data-state'), 'idle');
    await context.close();
  });
}

test('whoever asked for less motion is not played to', async () => {
  const page = await visit(await newContext({ reducedMotion: 'reduce' }));
  await page.waitForTimeout(800);
  assert.equal(await page.locator('.caption').getAttribute('data-state'), 'idle');
  await page.context().close();
});

test('no policy was violated, and nothing was thrown', () => {
  assert.deepEqual(violations, []);
  assert.deepEqual(errors, []);
});
