// The faults of the sandbox over Durable Objects.

import * as palm from '../../pkg/dist/index.js';
import { faults } from '../sandbox/faults.mjs';
import { dropped } from '../sandbox/dropped.mjs';
import { sandbox } from './client.mjs';

faults(sandbox, palm);
dropped(sandbox);
