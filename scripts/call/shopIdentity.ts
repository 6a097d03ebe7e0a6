import { CallError } from './callError.ts';

/** Signs in at the demo shop as one of its seeded customers; answers the identity token that its pages would get. */
export async function shopIdentity(shopOrigin: string, customerId: string): Promise<string> {
  const signedIn = await fetch(new URL('/sign-in', shopOrigin), {
    method: 'POST',
    headers: { origin: shopOrigin },
    body: new URLSearchParams({ customer: customerId }),
    redirect: 'manual',
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const answer = await fetch(new URL('/account/voice-identity', shopOrigin), { headers: { cookie } });
  if (answer.status !== 200) {
    throw new CallError(
      'no_identity',
      `The shop gave no identity for ${customerId} (HTTP ${answer.status}).`,
    );
  }
  const { token } = (await answer.json()) as { token: string };
  return token;
}
