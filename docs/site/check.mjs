// Every link, anchor, picture and script of a built site leads to something that is there.

import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * @param {string} out the folder of the site
 * @param {string} base what its addresses begin with
 * @throws naming every link that leads nowhere
 */
export async function check(out, base) {
  const files = (await readdir(out, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  const pages = files.filter((name) => name.endsWith('.html') && !name.startsWith('rust/'));
  const ids = new Map();
  const anchors = async (file) => {
    if (!ids.has(file)) {
      const text = await readFile(path.join(out, file), 'utf8');
      ids.set(file, new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => decode(id))));
    }
    return ids.get(file);
  };
  const dead = [];
  let links = 0;
  for (const page of pages) {
    const text = await readFile(path.join(out, page), 'utf8');
    for (const [, written] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const { origin, pathname, hash } = new URL(decode(written), `https://site.example${base}${page}`);
      if (origin !== 'https://site.example') continue;
      links++;
      if (!pathname.startsWith(base)) {
        // The demo page lies above the site.
        if (pathname !== base.replace(/[^/]+\/$/, '')) dead.push(`${page}: ${written} is outside of the site`);
        continue;
      }
      const file = [pathname, `${pathname}.html`, `${pathname}index.html`]
        .map((name) => decodeURIComponent(name.slice(base.length)))
        .find((name) => name !== '' && existsSync(path.join(out, name)) && path.extname(name) !== '');
      if (file === undefined) dead.push(`${page}: ${written}`);
      else if (hash !== '' && file.endsWith('.html') && !file.startsWith('rust/') && !(await anchors(file)).has(decodeURIComponent(hash.slice(1)))) dead.push(`${page}: ${written} has no such heading`);
    }
  }
  if (dead.length > 0) throw new Error(`dead links:\n${dead.join('\n')}`);
  return { files: pages.length, links };
}

const decode = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
