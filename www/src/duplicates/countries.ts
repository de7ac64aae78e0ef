// Phone numbers without a country, read as a given country's.
// Calling codes: ITU-T E.164; trunk prefixes: ITU national numbering plans.

interface Country {
  readonly code: string;
  readonly name: string;
  /** What is dialled before a national number within the country, and left out after the calling code. */
  readonly trunk: string;
  readonly calling: string;
}

export const COUNTRIES: readonly Country[] = (
  [
    ['AU', 'Australia', '61', '0'],
    ['AT', 'Austria', '43', '0'],
    ['BE', 'Belgium', '32', '0'],
    ['BR', 'Brazil', '55', '0'],
    ['CA', 'Canada', '1', '1'],
    ['CN', 'China', '86', '0'],
    ['CZ', 'Czechia', '420', ''],
    ['DK', 'Denmark', '45', ''],
    ['FI', 'Finland', '358', '0'],
    ['FR', 'France', '33', '0'],
    ['DE', 'Germany', '49', '0'],
    ['IN', 'India', '91', '0'],
    ['IE', 'Ireland', '353', '0'],
    ['IT', 'Italy', '39', ''],
    ['JP', 'Japan', '81', '0'],
    ['MX', 'Mexico', '52', ''],
    ['NL', 'Netherlands', '31', '0'],
    ['NO', 'Norway', '47', ''],
    ['PL', 'Poland', '48', ''],
    ['PT', 'Portugal', '351', ''],
    ['SG', 'Singapore', '65', ''],
    ['KR', 'South Korea', '82', '0'],
    ['ES', 'Spain', '34', ''],
    ['SE', 'Sweden', '46', '0'],
    ['CH', 'Switzerland', '41', '0'],
    ['TR', 'Türkiye', '90', '0'],
    ['GB', 'United Kingdom', '44', '0'],
    ['US', 'United States', '1', '1'],
  ] as const
).map(([code, name, calling, trunk]) => ({ code, name, calling, trunk }));

/** The number with its country; as it is where it says one already, or is no number. */
export function withCountry(value: string, code: string): string {
  const country = COUNTRIES.find((one) => one.code === code);
  if (country === undefined || !/^[\d\s().\/-]+$/.test(value)) return value;
  const digits = value.replace(/\D/g, '');
  if (digits.startsWith('00')) return value;
  // In North America the prefix is a 1 before ten digits.
  const hasTrunk = country.trunk === '1' ? digits.length === 11 && digits.startsWith('1') : country.trunk !== '' && digits.startsWith(country.trunk);
  return `+${country.calling}${hasTrunk ? digits.slice(country.trunk.length) : digits}`;
}
