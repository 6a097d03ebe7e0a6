import { SignJWT } from 'jose';
import type { Clock } from '../../shared/clock.ts';
import type { Customer } from '../store/model.ts';

const LIFETIME_S = 600;

export type SignedIdentity = { token: string; expiresInMs: number };

/** Signs who the visitor is, for the assistant: HS256 with the secret that the site shares with Segue. */
export async function signIdentity(
  { id, name, email }: Customer,
  { secret, clock }: { secret: string; clock: Clock },
): Promise<SignedIdentity> {
  const issuedAtS = Math.floor(clock.epochMs() / 1000);
  const token = await new SignJWT({ name, email, site: 'demo' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(id)
    .setAudience('segue')
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + LIFETIME_S)
    .sign(new TextEncoder().encode(secret));
  return { token, expiresInMs: LIFETIME_S * 1000 };
}
