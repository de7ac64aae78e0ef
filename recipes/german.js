// cspell:disable
// Messages in German, by code, and by code and reason. The table need not be whole: an
// issue whose code it lacks keeps its own message.

/** @type {Record<import('palm-user').ValueKind, string>} */
const kinds = {
  array: 'eine Liste',
  bigint: 'eine BigInt-Zahl',
  boolean: 'ein Wahrheitswert',
  class_instance: 'die Instanz einer Klasse',
  function: 'eine Funktion',
  not_finite: 'NaN oder unendlich',
  null: 'null',
  number: 'eine Zahl',
  object: 'ein Objekt',
  string: 'ein Text',
  symbol: 'ein Symbol',
  undefined: 'undefined',
  unreadable: 'nicht lesbar',
};

/** @type {import('palm-user').Messages} */
export const german = {
  not_an_object: ({ actual }) => `Erwartet wird ein Objekt, das hier ist ${kinds[actual]}.`,
  unknown_field: 'Dieses Feld gibt es nicht, oder es ist nicht änderbar.',
  'unknown_field.misspelt': 'Dieses Feld gibt es nicht. Gemeint ist wohl {suggestion}.',
  unknown_key: 'Diesen Schlüssel gibt es nicht.',
  'unknown_key.misspelt': 'Diesen Schlüssel gibt es nicht. Gemeint ist wohl {suggestion}.',
  wrong_type: ({ actual }) => `Dieser Wert ist von der falschen Art: ${kinds[actual]}.`,
  not_json: ({ actual }) => `Dieser Wert lässt sich nicht übertragen: ${kinds[actual]}.`,
  too_many_keys: ({ actual, limit }) => `Es wären ${actual} Angaben, erlaubt sind ${limit}.`,
  too_long: ({ actual, limit }) => `Der Text ist ${actual} Zeichen lang, erlaubt sind ${limit}.`,
  'too_long.key': 'Der Schlüssel ist {actual} Zeichen lang, erlaubt sind {limit}.',
  field_not_allowed: 'Dieses Feld ist hier nicht änderbar.',
  required_key: 'Diese Angabe lässt sich nicht entfernen.',
  invalid_email: 'Das ist keine E-Mail-Adresse.',
  'invalid_email.no_at': 'In der E-Mail-Adresse fehlt das @.',
  invalid_phone: 'Das ist keine Telefonnummer.',
  'invalid_phone.national': 'Die Nummer braucht ihre Landesvorwahl, zum Beispiel +49.',
};
