import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import type { SessionOpened, SessionRequest } from '../../shared/events.ts';
import { type Language, pickLanguage } from '../../shared/language.ts';
import { errorBody, sessionOpened, sessionRequest } from '../../shared/schemas.ts';
import { parseClaim, parseClaims } from '../context/claims.ts';
import type { Identity, IdentityVerifier } from '../context/identity.ts';
import { browserHandle, type Handle, namingHandle } from '../context/people/people.ts';
import type { Session } from '../context/session.ts';
import type { Sessions } from '../context/sessions.ts';
import type { EdgeServer } from './http.ts';
import type { Origins } from './origins.ts';
import type { SessionTokens } from './sessionToken.ts';

export type SiteDoor = { key: string; identity: IdentityVerifier | null };

export type SessionRouteParts = {
  sites: ReadonlyMap<string, SiteDoor>;
  sessions: Sessions;
  tokens: SessionTokens;
  origins: Origins;
  adminOnly: (request: FastifyRequest) => Promise<void>;
  /** Somebody came with an identity that does not hold. */
  onIdentityRefused?(siteKey: string, error: SegueError): void;
  /** A session was opened: what takes long can begin. */
  onOpened(session: Session): void;
  /** Whether calls can be spoken in this language at all. */
  voice(): boolean;
};

const idParams = z.object({ id: z.string().max(64) });

/** Opening a session, and reading what it knows. */
export function sessionRoutes(http: EdgeServer, parts: SessionRouteParts): void {
  http.route({
    method: 'POST',
    url: '/v1/sessions',
    schema: {
      summary:
        'Open a session: what the page says and who signed for the visitor; gives the token of the socket',
      body: sessionRequest,
      response: { 200: sessionOpened, '4xx': errorBody, '5xx': errorBody },
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return open(parts, request.body, request.headers.origin, request.headers['accept-language']);
    },
  });

  http.route({
    method: 'GET',
    url: '/v1/sessions/:id/context',
    schema: {
      summary: 'What is known in a session, each fact with its source and time',
      params: idParams,
      security: [{ adminKey: [] }],
      response: { 200: z.any(), '4xx': errorBody },
    },
    preHandler: parts.adminOnly,
    handler: async (request) => {
      const session = await parts.sessions.look(request.params.id);
      return {
        sessionId: session.id,
        site: session.siteKey,
        language: session.language,
        facts: session.facts(),
        events: session.events(),
      };
    },
  });
}

async function open(
  parts: SessionRouteParts,
  request: SessionRequest,
  origin: string | undefined,
  acceptLanguage: string | undefined,
): Promise<SessionOpened> {
  const site = parts.sites.get(request.site);
  if (!site) throw new SegueError('SITE_UNKNOWN');
  parts.origins.check(site.key, origin);
  const claims = parseClaims(request.context);
  const events = request.events.map((event) => ({ ...event, data: parseClaim(event.data, event.name) }));
  const identity = request.identity
    ? await identify(site, request.identity).catch((error: unknown) => {
        parts.onIdentityRefused?.(site.key, SegueError.from(error));
        throw error;
      })
    : null;
  const session = parts.sessions.open({
    siteKey: site.key,
    language: sessionLanguage(request, acceptLanguage),
    languageIsGuess: request.lang === 'auto',
    handles: handlesOf(request, identity),
  });
  session.viewPage(request.page);
  session.replaceClaims(claims);
  for (const event of events) session.track(event.name, event.data, { agoMs: event.agoMs });
  if (identity) session.identify(identity.customerId, identity.facts);
  parts.onOpened(session);
  // The socket may come to another server, or to this one after a restart.
  await parts.sessions.kept();
  return {
    sessionId: session.id,
    ...(await parts.tokens.issue(session.id)),
    language: session.language,
    voice: parts.voice(),
  };
}

async function identify(site: SiteDoor, token: string): ReturnType<IdentityVerifier['verify']> {
  if (!site.identity) throw new SegueError('IDENTITY_INVALID', 'This site has no identity key configured.');
  return await site.identity.verify(token);
}

/** What is proven, and what the browser keeps; what the page claims is no handle. */
function handlesOf({ visitor, device }: SessionRequest, identity: Identity | null): Handle[] {
  return [
    ...(identity ? signedHandles(identity) : []),
    ...(visitor ? [browserHandle('visitor', visitor)] : []),
    ...(device ? [browserHandle('device', device)] : []),
  ];
}

/** The token's subject, and the address and number that its signer vouches for. */
function signedHandles({ customerId, facts }: Identity): Handle[] {
  const handles = [namingHandle('user', customerId, 'signed')];
  const { 'customer.email': email, 'customer.phone_number': phone } = facts;
  if (typeof email === 'string' && facts['customer.email_verified'] !== false) {
    handles.push(namingHandle('email', email, 'signed'));
  }
  if (typeof phone === 'string' && facts['customer.phone_number_verified'] !== false) {
    handles.push(namingHandle('phone', phone, 'signed'));
  }
  return handles.filter(({ value }) => value !== '');
}

/** What the element was told, else the page's language, else the browser's. */
function sessionLanguage(request: SessionRequest, acceptLanguage = ''): Language {
  const accepted = acceptLanguage.split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  const asked = request.lang === 'auto' ? [request.page.language, ...accepted] : [request.lang];
  return pickLanguage(asked);
}
