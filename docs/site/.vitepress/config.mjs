// docs/site/build.mjs says where the pages are, and what is in the sidebar.

import { defineConfig } from 'vitepress';

const { base, pages, repository, sidebar } = JSON.parse(process.env.PALM_USER_SITE);

export default defineConfig({
  lang: 'en',
  title: 'palm-user',
  description: 'Change a user of the Palm identity API from a browser or an edge worker.',
  base,
  srcDir: pages,
  cacheDir: `${pages}/../cache`,
  // A link to a page that is not there fails the build; check.mjs looks at anchors too.
  ignoreDeadLinks: false,
  head: [
    ['link', { rel: 'icon', href: `${base}favicon.svg`, type: 'image/svg+xml' }],
    ['link', { rel: 'alternate', type: 'text/plain', href: `${base}llms.txt`, title: 'llms.txt' }],
  ],
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  vite: { logLevel: 'warn', build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    // In the browser, of an index that is one of the site's files: works offline.
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/start' },
      { text: 'Reference', link: '/reference/palm-user' },
      { text: 'Performance', link: '/performance' },
      { text: 'Security', link: '/security' },
    ],
    sidebar,
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository }],
    footer: { message: 'MIT or Apache-2.0, at your option.' },
  },
});
