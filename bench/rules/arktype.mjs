// Its configuration must be there before it is.

import './arktype-jitless.mjs';
import { type } from 'arktype';

const metadata = type({ '[string]': 'string | null' }).narrow((metadata) => Object.keys(metadata).length <= 50);
const patch = type({ '+': 'reject', 'metadata?': metadata, 'display_name?': 'string' });

/** With what is wrong, as the others; `allows` says less and sooner. */
export const arktype = (value) => !(patch(value) instanceof type.errors);
