// The states of the demo page, each with the way into it: for axe, for pictures.

import { play, setLatency } from './demo-page.mjs';

const LIST = `name,email,mobile
Ada,ada@example.com,0151 23456789
Ada again,ADA@example.com,+49 151 23456789
Nobody,not an address,12
`;

const paste = (text) => (page) => page.getByLabel('Or paste a list').fill(text);

export const STATES = [
  { name: 'first', reach: async () => undefined },
  { name: 'playing', reach: async (page) => {
    await page.locator('[data-scenario=limited]').click();
    await page.locator('.palm .verdict[data-tone=waiting]').waitFor();
  } },
  { name: 'lost', reach: (page) => play(page, 'lost') },
  { name: 'refused', reach: (page) => play(page, 'refused') },
  { name: 'offline', reach: async (page) => {
    await page.getByRole('switch', { name: 'Offline' }).check();
    await page.locator('.palm input[value=de]').click();
    await page.locator('.palm .verdict[data-tone=waiting]').waitFor();
  } },
  { name: 'signed-out', reach: async (page) => {
    await setLatency(page, 0);
    await page.getByRole('switch', { name: 'Session expired' }).check();
    await page.locator('.palm input[value=de]').click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  } },
  { name: 'many-edits', reach: async (page) => {
    await setLatency(page, 0);
    for (let turn = 0; turn < 12; turn += 1) {
      await page.locator(`.palm input[value=${['de', 'fr', 'pl', 'en'][turn % 4]}]`).click();
      await page.waitForTimeout(60);
    }
    await page.locator('.palm .verdict[data-tone=good]').waitFor();
  } },
  { name: 'adding', reach: async (page) => {
    await page.locator('.palm .add summary').click();
    await page.locator('.palm').getByLabel('New key').fill('a_rather_long.key-with/punctuation_in_it_that_has_to_break_somewhere');
    await page.locator('.palm').getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('.usual').getByLabel(/a_rather_long/).first().waitFor();
  } },
  { name: 'curl', reach: (page) => page.getByRole('tab', { name: 'cURL' }).click() },
  { name: 'rules', reach: async (page) => {
    await page.getByLabel('Patch', { exact: true }).fill('{"metadata": {"a/b": "\\ud800"}, "displayName": 1}');
    await page.locator('.issues .error').first().waitFor();
    await page.getByLabel('Then a second patch', { exact: true }).fill('{');
    await page.locator('.source .message').waitFor();
  } },
  { name: 'duplicates', reach: async (page) => {
    await paste(LIST)(page);
    await page.getByTestId('found').waitFor();
  } },
  { name: 'many-duplicates', reach: async (page) => {
    const lines = Array.from({ length: 300 }, (_, index) => `p${index % 150}@example.com\nbad ${index}`);
    await paste(lines.join('\n'))(page);
    await page.getByTestId('found').waitFor();
    await page.locator('.outcome summary').click();
  } },
  { name: 'measured', reach: async (page) => {
    await page.getByRole('button', { name: 'Measure in this browser' }).click();
    await page.locator('.bench[data-status=done]').waitFor({ timeout: 60_000 });
  } },
];
