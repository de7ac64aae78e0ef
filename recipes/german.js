// cspell:disable
// Messages in German, by code, and by code and reason: of issues, and below of errors. The
// table need not be whole: whatever has a code that it lacks keeps its own message.

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

  rate_limited: ({ retryAfterMs = 0 }) =>
    `Zu viele Anfragen. Bitte ${retryAfterMs > 0 ? `in ${Math.ceil(retryAfterMs / 1000)} Sekunden` : 'später'} noch einmal versuchen.`,
  network: 'Keine Verbindung. Die Änderung ist vielleicht gespeichert.',
  timeout: 'Keine Antwort. Die Änderung ist vielleicht gespeichert.',
  server_error: 'Der Server hat ein Problem ({status}). Die Änderung ist vielleicht gespeichert.',
  signed_out: 'Die Sitzung ist abgelaufen. Bitte neu anmelden.',
  not_allowed: 'Das ist nicht erlaubt.',
  not_found: 'Diese Person gibt es nicht.',
  conflict: 'Inzwischen gab es eine andere Änderung.',
};
