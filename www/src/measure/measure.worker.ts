// The measuring, away from the page: what the page draws is not measured with it.

import { measure } from './measure';
import type { Message } from './messages';

const say = (message: Message): void => postMessage(message);

measure(say).catch((error: unknown) => say({ type: 'failed', message: error instanceof Error ? error.message : 'The measuring failed.' }));
