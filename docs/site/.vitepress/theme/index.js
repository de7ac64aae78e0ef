import { withBase } from 'vitepress';
import Theme from 'vitepress/theme';
import { h } from 'vue';

import './style.css';

export default {
  extends: Theme,
  // The demo page lies above this site.
  Layout: () => h(Theme.Layout, null, { 'nav-bar-content-before': () => h('a', { class: 'demo', href: withBase('/').replace(/[^/]+\/$/, '') }, 'Demo') }),
};
