// Compiles only where the declarations and Rust name the same options.

import type { ApplyOption, CallOption, LimitName, ReadOption, ValidateOption } from './generated.js';
import type { applyPatch, validatePatch } from './rules.js';
import type { GetUserOptions, Limits, UpdateUserOptions } from './types.js';

type Same<A extends B, B extends C, C = A> = [A, B, C];
type Options<F extends (...args: never[]) => unknown, N extends number> = keyof NonNullable<Parameters<F>[N]>;

export type Agreement = [
  Same<CallOption, keyof UpdateUserOptions>,
  Same<ReadOption, keyof GetUserOptions>,
  Same<LimitName, keyof Limits>,
  Same<ValidateOption, Options<typeof validatePatch, 1>>,
  Same<ApplyOption, Options<typeof applyPatch, 2>>,
];
