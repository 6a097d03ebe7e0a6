import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { type Language, pickLanguage } from '../../shared/language.ts';
import {
  type ChannelMessage,
  channelAnswer,
  channelMessage,
  channelName,
  errorBody,
} from '../../shared/schemas.ts';
import type { Answer } from '../channels/messageThread.ts';
import type { MessageThreads, ThreadKey } from '../channels/messageThreads.ts';
import type { IdentityVerifier } from '../context/identity.ts';
import { namingHandle } from '../context/people/people.ts';
import type { Session } from '../context/session.ts';
import type { Sessions } from '../context/sessions.ts';
import type { EdgeServer } from './http.ts';
import type { SessionTokens } from './sessionToken.ts';

/** `channelKey`: shared with the site's back end, which hands messages in; null when it hands in none. */
export type ChannelDoor = { key: string; identity: IdentityVerifier | null; channelKey: string | null };

export type ChannelRouteParts = {
  sites: ReadonlyMap<string, ChannelDoor>;
  sessions: Sessions;
  tokens: SessionTokens;
  threads: MessageThreads;
  /** A session was opened: what takes long can begin. */
  onOpened(session: Session): void;
};

type Channel = ThreadKey['channel'];

/** What one server answers without its calls suffering; a site with more visitors than that has several. */
const SITE_MESSAGES_A_MINUTE = 3_000;
const PAGE_MESSAGES_A_MINUTE = 300;

/** Messages of other channels: the same dialog and the same thread as a call. */
export function channelRoutes(http: EdgeServer, parts: ChannelRouteParts): void {
  http.route({
    method: 'POST',
    url: '/v1/channels/:channel/messages',
    schema: {
      summary: 'A message of a visitor on another channel; answers with the reply, fit for that channel',
      description:
        'Bearer: the token of a session (a chat in the page), or the channel key of the site (its back end hands in ' +
        'e-mails and messages and says whose they are).',
      params: z.object({ channel: channelName }),
      security: [{ sessionToken: [] }, { channelKey: [] }],
      body: channelMessage,
      response: { 200: channelAnswer, '4xx': errorBody, '5xx': errorBody },
    },
    // All messages of a site come from one address: its key has a limit of its own, and a visitor's address the usual one.
    config: {
      rateLimit: {
        keyGenerator: (request) => siteOf(parts, request)?.key ?? request.ip,
        max: (request) => (siteOf(parts, request) ? SITE_MESSAGES_A_MINUTE : PAGE_MESSAGES_A_MINUTE),
      },
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { channel } = request.params;
      const { body } = request;
      const site = siteOf(parts, request);
      return site && body.site === site.key
        ? await fromSite(parts, site, channel, body)
        : await fromPage(parts, channel, body, bearerOf(request));
    },
  });
}

/** The visitor's own page, by the token of its session; who they are is the session's matter. */
async function fromPage(
  { sessions, tokens, threads }: ChannelRouteParts,
  channel: Channel,
  { text, id, customerId, identity }: ChannelMessage,
  bearer: string,
): Promise<Answer> {
  const session = await sessions.find(await tokens.verify(bearer));
  if (customerId !== undefined || identity !== undefined)
    throw new SegueError('IDENTITY_INVALID', 'A page cannot say who the visitor is.');
  if (channel !== 'chat') throw new SegueError('BAD_REQUEST', 'A page writes in a chat.');
  const key: ThreadKey = { site: session.siteKey, channel, thread: session.id, sender: null };
  return await threads.receive(key, session, { text, id });
}

/** The site's back end: what it says of the sender is as good as a token that it signed. */
async function fromSite(
  { sessions, threads, onOpened }: ChannelRouteParts,
  site: ChannelDoor,
  channel: Channel,
  { text, id, thread, customerId, identity, language }: ChannelMessage,
): Promise<Answer> {
  if (thread === undefined) throw new SegueError('BAD_REQUEST', 'A message of a back end names its thread.');
  const proven = identity === undefined ? null : await verify(site, identity);
  const who = proven?.customerId ?? customerId ?? null;
  const key: ThreadKey = { site: site.key, channel, thread, sender: who };
  const known = threads.sessionOf(key);
  if (known) return await threads.receive(key, known, { text, id });
  threads.makeRoom(key);
  const session = sessions.open({
    siteKey: site.key,
    language: languageOf(language),
    languageIsGuess: language === undefined,
    handles: who === null ? [] : [namingHandle('user', who, 'signed')],
  });
  if (who !== null) session.identify(who, proven?.facts ?? { 'customer.id': who });
  onOpened(session);
  return await threads.receive(key, session, { text, id });
}

async function verify(site: ChannelDoor, token: string): ReturnType<IdentityVerifier['verify']> {
  if (!site.identity) throw new SegueError('IDENTITY_INVALID', 'This site has no identity key configured.');
  return await site.identity.verify(token);
}

function languageOf(language: string | undefined): Language {
  return pickLanguage(language === undefined ? [] : [language]);
}

/** The site whose channel key is the bearer. */
function siteOf({ sites }: ChannelRouteParts, request: FastifyRequest): ChannelDoor | null {
  const bearer = bearerOf(request);
  const isIts = ({ channelKey }: ChannelDoor) => channelKey !== null && sameSecret(bearer, channelKey);
  return [...sites.values()].find(isIts) ?? null;
}

function bearerOf({ headers }: FastifyRequest): string {
  return headers.authorization?.replace(/^Bearer /i, '') ?? '';
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
