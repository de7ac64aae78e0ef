// The pages of the site, in the order of its sidebar. A new file in docs/guide/ is listed
// at the end of "Guide" by itself.

import { readdir } from 'node:fs/promises';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** Groups of the sidebar: files by their path in the repository, to the path on the site. */
export async function groups() {
  const order = ['start', 'call', 'store', 'forms-and-types', 'writable', 'gateway', 'deployment', 'errors', 'fingerprints', 'sandbox', 'rust', 'loading', 'migrating'];
  const found = (await readdir(path.join(root, 'docs/guide'))).filter((name) => name.endsWith('.md')).map((name) => path.parse(name).name);
  const guides = [...order.filter((name) => found.includes(name)), ...found.filter((name) => !order.includes(name)).sort()];
  return [
    { text: 'Guide', pages: guides.map((name) => page(`docs/guide/${name}.md`, `guide/${name}.md`)) },
    {
      text: 'What it holds',
      pages: [
        page('docs/guarantees.md', 'guarantees.md'),
        page('docs/performance.md', 'performance.md'),
        page('docs/speed.md', 'speed.md'),
        page('docs/size.md', 'size.md'),
        page('docs/store-peers.md', 'store-peers.md'),
        page('docs/gateway.md', 'gateway.md'),
        page('SECURITY.md', 'security.md'),
      ],
    },
    {
      text: 'Project',
      pages: [page('ARCHITECTURE.md', 'architecture.md'), page('CONTRIBUTING.md', 'contributing.md'), page('CHANGELOG.md', 'changelog.md')],
    },
  ];
}

const page = (source, target) => ({ source, target });
