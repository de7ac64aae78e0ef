// What the prose is held to beyond Harper's own rules, and which of those do not fit.

/** Rules of Harper that are off, with the reason of each group. */
export const RULES_OFF = [
  // cspell's work.
  'SpellCheck',
  'OrthographicConsistency',
  'SplitWords',
  // Our style: sentence case in headings, small letters in tables, no serial comma.
  'SentenceCapitalization',
  'UseTitleCase',
  'OxfordComma',
  // Names, commands and units: "FIPS 180-4", "--once", "30 s", "320 MB", "Ctrl".
  'Dashes',
  'NumericRangeEnDash',
  'UseEllipsisCharacter',
  'ExpandTimeShorthands',
  'ExpandMemoryShorthands',
  'ExpandControl',
  // Code is blank here, which they take for spaces and missing words.
  'Spaces',
  'MergeWords',
  'MissingDeterminer',
  'MissingPreposition',
  'MissingTo',
  'SingleBe',
  // British, and right: "under way", "a while", "lower case", "some forty".
  'DisjointPrefixes',
  'CompoundNouns',
  'AWhile',
  'QuantifierNumeralConflict',
  'MassNouns',
  // More wrong findings than right ones in prose about code.
  'AnA',
  'ItsContraction',
  'PhrasalVerbAsCompoundNoun',
  'ThatThan',
  'AdjectiveDoubleDegree',
  'OneOfTheSingular',
  'ModalOf',
];

/** Phrases that a native reader stumbles over, or that say nothing; and what to write. */
export const PHRASES = [
  [/\belse than\b/i, 'other than, or but'],
  [/\bfor ever\b/i, 'forever'],
  [/\bin order to\b/i, 'to'],
  [/\bprior to\b/i, 'before'],
  [/\bsubsequent(ly)? to\b/i, 'after'],
  [/\butili[sz]e/i, 'use'],
  [/\bcommence/i, 'start'],
  [/\bdue to the fact\b/i, 'because'],
  [/\bin the event (that|of)\b/i, 'if'],
  [/\bat this point in time\b/i, 'now'],
  [/\bthe fact that\b/i, 'that'],
  [/\b(please note|it should be noted|note that)\b/i, 'say it'],
  [/\b(obviously|of course|clearly|needless to say)\b/i, 'leave it out'],
  [/\b(blazing|seamless|effortless|cutting-edge|world-class|battle-tested)/i, 'say what was measured'],
  [/\b(whilst|amongst|hereby|therein|thereof|wherein|aforementioned)\b/i, 'while, among, in it'],
  [/\bas one (writes|runs|does|would|calls)\b/i, 'as you …'],
  [/\bsuch as it is\b/i, 'as it is'],
  [/\bwell-kept\b/i, 'maintained'],
  [/\bleverag(e|ing)\b/i, 'use'],
  [/\band\/or\b/i, 'or'],
];
