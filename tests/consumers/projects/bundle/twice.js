import * as palm from 'palm-user';

(globalThis.copies ??= []).push(palm);
