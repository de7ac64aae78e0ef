// What the gateways that are compared have in common.

export const ORIGIN = 'https://app.example.com';
export const TOKEN = 'a-session';
export const LIMIT = 65_536;

/** Cheap, so that what is compared is the gateways. */
export function isSignedIn(request, userId) {
  return request.headers.get('authorization') === `Bearer ${TOKEN}` && userId.startsWith('palm_usr_');
}
