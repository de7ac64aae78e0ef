// The cases in a page.

import { groups } from './cases.mjs';
import { measureAll } from './measure.mjs';

globalThis.results = groups({ subtle: crypto.subtle, evaluates: true }).then((all) => measureAll(all));
