import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { IdentityVerifier } from '../../../server/context/identity.ts';

const SECRET = 'a secret of at least thirty-two characters';
const key = new TextEncoder().encode(SECRET);
const verifier = new IdentityVerifier({ hs256Secret: SECRET }, 'segue', 'demo');

function token(
  claims: Record<string, unknown> = {},
  header: JWTHeaderParameters = { alg: 'HS256' },
): SignJWT {
  return new SignJWT({ name: 'Jane Doe', email: 'jane@example.com', ...claims })
    .setProtectedHeader(header)
    .setSubject('cus_jane')
    .setAudience('segue')
    .setIssuedAt()
    .setExpirationTime('10m');
}

const refused = (jwt: string) => expect(verifier.verify(jwt)).rejects;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('an identity token', () => {
  test('gives the customer and what was signed about them', async () => {
    expect(await verifier.verify(await token().sign(key))).toEqual({
      customerId: 'cus_jane',
      facts: { 'customer.id': 'cus_jane', 'customer.name': 'Jane Doe', 'customer.email': 'jane@example.com' },
    });
  });

  test('is refused when it has expired', async () => {
    await refused(await token().setExpirationTime('-1m').sign(key)).toMatchObject({
      code: 'IDENTITY_EXPIRED',
    });
  });

  test('is refused without an end, without a subject, for others and for another site', async () => {
    const endless = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject('x').setAudience('segue');
    const nobody = new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('segue')
      .setExpirationTime('1m');
    for (const jwt of [
      await endless.sign(key),
      await nobody.sign(key),
      await token().setAudience('another product').sign(key),
      await token({ site: 'another' }).sign(key),
    ]) {
      await refused(jwt).toMatchObject({ code: 'IDENTITY_INVALID' });
    }
  });

  test('is refused when forged: other secret, no signature, no token at all', async () => {
    const unsigned = new UnsecuredJWT({})
      .setSubject('cus_jane')
      .setAudience('segue')
      .setExpirationTime('1m')
      .encode();
    const forged = await token().sign(new TextEncoder().encode('another secret of thirty-two characters!'));
    for (const jwt of [forged, unsigned, 'a.b.c', '', 'x'.repeat(8_000)]) {
      await refused(jwt).toMatchObject({ code: 'IDENTITY_INVALID' });
    }
  });

  test('with claims beyond all bounds is refused', async () => {
    const jwt = await token({ note: 'x'.repeat(40_000) }).sign(key);
    await refused(jwt).toMatchObject({ code: 'CONTEXT_INVALID' });
  });

  test('is checked against the keys at a JWKS address', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end(jwks);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    closing.push(() => server.close());
    const jwksUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
    const remote = new IdentityVerifier({ jwksUrl }, 'segue', 'demo');
    const jwt = await token({}, { alg: 'ES256', kid: 'one' }).sign(privateKey);
    expect((await remote.verify(jwt)).customerId).toBe('cus_jane');
    await expect(remote.verify(await token().sign(key))).rejects.toMatchObject({ code: 'IDENTITY_INVALID' });
  });
});
