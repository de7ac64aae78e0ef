import * as palm from 'palm-user';

import { runRules } from './rules.mjs';

runRules(palm, 'import');
