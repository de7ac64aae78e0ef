// The part of Playwright's pages and locators that the tests of the demo page use, over WebDriver.

import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const LIMIT_MS = 30_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const step = (kind, value, { name, exact } = {}) => ({ kind, ...pattern(value), ...(name !== undefined && { name: pattern(name) }), exact });
const pattern = (value) => (value instanceof RegExp ? { source: value.source, flags: value.flags } : { text: value });

/** Runs in the page: the elements that the steps lead to. */
function elementsOf(steps) {
  const ROLES = {
    button: 'button:not([role]), summary',
    switch: '[role=switch]',
    tab: '[role=tab]',
    list: 'ul, ol',
    checkbox: 'input[type=checkbox]:not([role])',
    group: 'fieldset, details, [role=group]',
    progressbar: 'progress',
    status: '[role=status]',
  };
  const tidy = (text) => text.replace(/\s+/g, ' ').trim();
  const labelOf = (element) => {
    const by = element.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    const labels = element.labels?.length ? [...element.labels].map((label) => label.textContent) : undefined;
    return element.getAttribute('aria-label') ?? (by ?? labels)?.join(' ');
  };
  const matches = (text, { text: wanted, source, flags }, exact) => {
    if (source !== undefined) return new RegExp(source, flags).test(tidy(text));
    return exact ? tidy(text) === tidy(wanted) : tidy(text).toLowerCase().includes(tidy(wanted).toLowerCase());
  };
  const below = (roots, selector) => [...new Set(roots.flatMap((root) => [...root.querySelectorAll(selector)]))];
  let found = [document];
  for (const each of steps) {
    // A selector that begins with a combinator is of the element itself.
    if (each.kind === 'css') found = below(found, each.text.replace(/^>/, ':scope >'));
    else if (each.kind === 'label') found = below(found, '[aria-label], [aria-labelledby], input, select, textarea').filter((element) => labelOf(element) !== undefined && matches(labelOf(element), each, each.exact));
    else if (each.kind === 'role') found = below(found, ROLES[each.text]).filter((element) => element.checkVisibility() && (each.name === undefined || matches(labelOf(element) ?? element.textContent, each.name, each.exact)));
    else if (each.kind === 'text') found = found.filter((element) => matches(element.textContent, each));
    else found = found.slice(...(each.kind === 'first' ? [0, 1] : [-1]));
  }
  return found;
}

/** A page of `webkit.mjs`, by its `evaluate` and by the function that sends a command to its tab. */
export function withLocators({ evaluate, ask, ...page }) {
  const run = (steps, body, argument) => evaluate(`({ steps, argument }) => { const found = (${elementsOf})(steps); return (${body})(found, argument); }`, { steps, argument });
  /** Asks again until there is an answer other than undefined and null. */
  const until = async (what, attempt, limit = LIMIT_MS) => {
    for (const end = Date.now() + limit; ; await pause(50)) {
      const result = await attempt();
      if (result !== undefined && result !== null) return result;
      if (Date.now() > end) throw new Error(`${what} was not there after ${limit} ms`);
    }
  };

  const locatorOf = (steps) => {
    const what = JSON.stringify(steps);
    const next = (...more) => locatorOf([...steps, ...more]);
    /** Of the one element: what the function gives, as `{ value }` once it is there. */
    const ofOne = async (body, argument, limit) => (await until(what, () => run(steps, `async ([element], argument) => element && { value: await (${body})(element, argument) }`, argument), limit)).value;
    const reference = () => until(what, () => ask('POST', '/execute/sync', { script: `const [element] = (${elementsOf})(arguments[0]); element?.scrollIntoView({ block: 'center', behavior: 'instant' }); return element ?? null;`, args: [steps] }));
    const command = async (name, body) => ask('POST', `/element/${Object.values(await reference())[0]}/${name}`, body);
    const click = async () => {
      await until(`${what}, enabled`, () => run(steps, '([element]) => element && !element.disabled && !element.closest("[inert]") ? true : null'));
      // An input that its label covers is clicked as the label would.
      await command('click', {}).catch(() => ofOne('(element) => element.click()'));
    };
    const isChecked = () => ofOne('(element) => element.checked');
    const toggle = async (to) => void ((await isChecked()) !== to && (await click()));
    /** As an application sees it when a person has entered a value. */
    const enter = (value, events) =>
      ofOne(
        `(element, { value, events }) => {
          element.focus();
          Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value').set.call(element, value);
          for (const name of events) element.dispatchEvent(new Event(name, { bubbles: true }));
        }`,
        { value, events },
      );
    return {
      locator: (selector) => next(step('css', selector)),
      getByLabel: (text, options) => next(step('label', text, options)),
      getByRole: (role, options) => next(step('role', role, options)),
      getByTestId: (id) => next(step('css', `[data-testid="${id}"]`)),
      filter: ({ hasText }) => next(step('text', hasText)),
      first: () => next({ kind: 'first' }),
      last: () => next({ kind: 'last' }),
      count: () => run(steps, '(found) => found.length'),
      evaluate: (body, argument) => ofOne(body, argument),
      evaluateAll: (body, argument) => run(steps, body, argument),
      allTextContents: () => run(steps, '(found) => found.map((element) => element.textContent)'),
      textContent: ({ timeout } = {}) => ofOne('(element) => element.textContent', undefined, timeout),
      inputValue: () => ofOne('(element) => element.value'),
      getAttribute: (name) => ofOne('(element, name) => element.getAttribute(name)', name),
      isChecked,
      waitFor: ({ timeout } = {}) => ofOne('() => true', undefined, timeout),
      click,
      check: () => toggle(true),
      uncheck: () => toggle(false),
      focus: () => ofOne('(element) => element.focus()'),
      fill: (value) => enter(value, ['input']),
      selectOption: (value) => enter(value, ['input', 'change']),
      press: (key) => command('value', { text: page.keys[key] ?? key }),
      setInputFiles: async ({ name, buffer }) => {
        const file = path.join(tmpdir(), name);
        await writeFile(file, buffer);
        await command('value', { text: file });
      },
    };
  };
  const root = locatorOf([]);
  const keyboard = async (keys) => {
    const actions = [...keys].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
    await ask('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  };
  return {
    ...page,
    evaluate,
    locator: root.locator,
    getByLabel: root.getByLabel,
    getByRole: root.getByRole,
    getByTestId: root.getByTestId,
    keyboard: { press: (key) => keyboard([page.keys[key] ?? key]), type: keyboard },
    waitForTimeout: pause,
    waitForFunction: (condition, argument, { timeout } = {}) => until(String(condition), async () => (await evaluate(condition, argument)) || undefined, timeout),
    waitForSelector: (selector) => root.locator(selector).waitFor(),
  };
}
