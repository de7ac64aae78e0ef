import { signIn } from '../../session.js';

export async function POST() {
  return new Response(null, { status: 204, headers: { 'set-cookie': await signIn(process.env.PERSON) } });
}
