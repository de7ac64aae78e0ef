import { mount, unmount } from 'svelte';

import Page from './page.svelte';

const page = mount(Page, { target: document.getElementById('app') });
globalThis.unmount = () => unmount(page);
