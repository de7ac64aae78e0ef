// Links that work in the repository and on the site. A file links to others as they lie in
// the repository; on the site, a page of the site is itself, and everything else is the
// repository's.

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** A Markdown link or image, an HTML one, outside of code. */
const LINK = /(\]\()([^)\s]+)(\))|((?:src|href|srcset)=")([^"]+)(")/g;
const CODE = /^```[^]*?^```$|`[^`\n]+`/gm;

/**
 * The text of a file with its links as the site has them.
 *
 * @param {string} text
 * @param {{ source: string, target: string, root: string, targets: Map<string, string>, repository: string }} place
 *   `targets` leads from a file of the repository to its page.
 * @throws where a link leads to no file.
 */
export function relink(text, place) {
  const code = [];
  const hidden = text.replaceAll(CODE, (found) => `\u0000${code.push(found) - 1}\u0000`);
  const linked = hidden.replaceAll(LINK, (_, before, address, after, htmlBefore, htmlAddress, htmlAfter) =>
    before ? `${before}${resolve(address, place)}${after}` : `${htmlBefore}${resolve(htmlAddress, place)}${htmlAfter}`,
  );
  return linked.replaceAll(/\u0000(\d+)\u0000/g, (_, index) => code[Number(index)]);
}

function resolve(address, { source, target, root, targets, repository }) {
  if (/^[a-z]+:|^#|^\//i.test(address)) return address;
  const [file, hash] = address.split('#');
  const found = path.posix.normalize(path.posix.join(path.posix.dirname(source), file)).replace(/\/$/, '');
  if (!existsSync(path.join(root, found))) throw new Error(`${source} links to ${address}, which is not there`);
  const end = hash === undefined ? '' : `#${hash}`;
  const page = targets.get(found);
  const here = path.posix.dirname(target);
  if (page !== undefined) return relative(here, page) + end;
  // Pictures lie beside the pages.
  if (/\.(svg|png)$/.test(found)) return relative(here, found.replace(/^docs\//, ''));
  const kind = statSync(path.join(root, found)).isDirectory() ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${found}${end}`;
}

function relative(from, to) {
  const address = path.posix.relative(from, to);
  return address.startsWith('.') ? address : `./${address}`;
}

/** A picture in two forms, dark and light, follows the site's own switch. */
export function pictures(text) {
  return text.replaceAll(
    /<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*<img src="([^"]+)"([^>]*)>\s*<\/picture>/g,
    // On a phone it scrolls instead of shrinking, by keyboard too.
    '<div class="picture" role="group" aria-label="Picture" tabindex="0"><img class="dark-only" src="$1"$3><img class="light-only" src="$2"$3></div>',
  );
}

/** The heading of a page. */
export const title = (text) => /^# (.+)$/m.exec(text)?.[1].replaceAll('`', '') ?? 'palm-user';
