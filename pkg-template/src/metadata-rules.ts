// How functions come by the rules of metadata: what checks them belongs to the rules.

import type { MetadataRules } from './metadata.js';

/** The rules among the options of a function, and the other options. */
export function rulesIn(options: unknown): { readonly rules: MetadataRules<any, any, any>; readonly rest: object } | undefined {
  try {
    const { metadata: rules } = options as { metadata?: MetadataRules<any, any, any> };
    if (typeof rules?.['~read'] !== 'function') return undefined;
    const { metadata: _, ...rest } = options as { metadata?: unknown };
    return { rules, rest };
  } catch {
    // Not an object, or one that throws: the core says so.
    return undefined;
  }
}
