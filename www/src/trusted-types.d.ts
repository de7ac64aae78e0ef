// Trusted Types, as far as the page uses them; TypeScript's own library lacks them.

interface TrustedTypePolicy {
  createScriptURL(input: string): object;
}

declare var trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(input: string): string }): TrustedTypePolicy }
  | undefined;
