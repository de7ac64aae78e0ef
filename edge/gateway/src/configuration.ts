// What the gateway's variables and secrets may be wrong in.

/** A variable or secret that is missing or wrong. For the log: the message names it and never holds its value. */
export class ConfigurationError extends Error {}

/** The words of a variable, which blanks separate. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
