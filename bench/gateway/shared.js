// What the gateways that are compared have in common.

export const ORIGIN = 'https://app.example.com';
export const TOKEN = 'a-session';
export const USER_ID = 'palm_usr_1a2b3c4d5e6f7g8h';
export const LIMIT = 65_536;
export const WRITABLE = ['notes', 'language', 'marketing_consent'];

/** Cheap, so that what is compared is the gateways. */
export async function identify(request) {
  return request.headers.get('authorization') === `Bearer ${TOKEN}` ? USER_ID : undefined;
}

let told = 0;
/** A sink: what a log costs is the platform's. */
export function onRequest(event) {
  told += event.status;
}
