const palm = require('palm-user');

import('./rules.mjs').then(({ runRules }) => runRules(palm, 'require'));
