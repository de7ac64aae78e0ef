// Ends well if the browser that CHROMIUM names starts.

import { launch } from './chromium.mjs';

const browser = await launch();
await browser.close();
