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
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { channel } = request.params;
      const { body } = request;
      const bearer = bearerOf(request);
      const site = body.site === undefined ? undefined : parts.sites.get(body.site);
      const isSite = site?.channelKey != null && sameSecret(bearer, site.channelKey);
      return isSite && site
        ? await fromSite(parts, site, channel, body)
        : await fromPage(parts, channel, body, bearer);
    },
  });
}

/** The visitor's own page, by the token of its session; who they are is the session's matter. */
async function fromPage(
  { sessions, tokens, threads }: ChannelRouteParts,
  channel: Channel,
  { text, id, customerId }: ChannelMessage,
  bearer: string,
): Promise<Answer> {
  const session = sessions.get(await tokens.verify(bearer));
  if (customerId !== undefined)
    throw new SegueError('IDENTITY_INVALID', 'A page cannot say who the visitor is.');
  return await threads.receive({ site: session.siteKey, channel, thread: session.id }, session, { text, id });
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
  const key: ThreadKey = { site: site.key, channel, thread };
  const known = threads.sessionOf(key);
  if (known && known.subject.customerId === who) return await threads.receive(key, known, { text, id });
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

function bearerOf({ headers }: FastifyRequest): string {
  return headers.authorization?.replace(/^Bearer /i, '') ?? '';
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
