// React in a document of jsdom's, as a page has it.

import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><div id="root"></div>', { pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document });
// Node.js has had one of its own since 21.
globalThis.navigator ??= window.navigator;

const { createRoot } = await import('react-dom/client');
export const React = await import('react');

/** Renders a component, and waits until it is there. */
export async function render(component) {
  const element = window.document.createElement('div');
  window.document.body.append(element);
  const root = createRoot(element);
  root.render(React.createElement(component));
  while (element.childElementCount === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return { element, unmount: () => root.unmount() };
}

/** What the page shows, read from the document: `tier` and `note`. */
export function screenOf(element) {
  return Object.fromEntries([...element.querySelectorAll('output')].map(({ id, textContent }) => [id, textContent]));
}

export function view(user) {
  return React.createElement(React.Fragment, null, ...Object.entries(user ?? {}).map(([id, text]) => React.createElement('output', { key: id, id }, text)));
}
