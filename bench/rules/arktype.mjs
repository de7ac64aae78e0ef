// Its configuration must be there before it is.

import './arktype-jitless.mjs';
import { type } from 'arktype';

const metadata = type({ '[string]': 'string | null' }).narrow((metadata) => Object.keys(metadata).length <= 50);
export const arktype = type({ '+': 'reject', 'metadata?': metadata, 'display_name?': 'string' });
