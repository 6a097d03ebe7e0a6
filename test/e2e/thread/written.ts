import { io, type Socket } from 'socket.io-client';
import { shopIdentity } from '../../../scripts/call/shopIdentity.ts';
import type {
  CallStarted,
  ClientToServer,
  ServerToClient,
  SessionOpened,
  Transcript,
} from '../../../shared/events.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Result } from '../../../shared/result.ts';
import type { Stage } from '../stage.ts';

const ANSWER_LIMIT_MS = 20_000;

export type Visit = {
  /** Signs in as this customer of the shop. */
  customer?: string;
  visitor?: string;
  device?: string;
  context?: JsonObject;
  lang?: string;
};

/** A contact in writing, from outside: each line waits for the assistant's answer. */
export class WrittenContact {
  readonly session: SessionOpened;
  callId = '';
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #answers: Transcript[] = [];
  #wanted = 0;
  #arrived: () => void = () => {};

  private constructor(session: SessionOpened, socket: Socket<ServerToClient, ClientToServer>) {
    this.session = session;
    this.#socket = socket;
    socket.on('transcript', (line) => {
      if (line.speaker !== 'assistant' || !line.final) return;
      this.#answers.push(line);
      this.#arrived();
    });
  }

  /** Opens a session and begins; the greeting is the first answer. */
  static async begin(stage: Stage, visit: Visit = {}): Promise<WrittenContact> {
    const { customer, ...rest } = visit;
    const identity = customer ? await shopIdentity(stage.shop, customer) : undefined;
    const session = await openSession(stage, { ...rest, ...(identity ? { identity } : {}) });
    const socket: Socket<ServerToClient, ClientToServer> = io(stage.server, {
      path: '/v1/socket',
      auth: { token: session.token },
      transports: ['websocket'],
      extraHeaders: { origin: stage.shop },
    });
    const contact = new WrittenContact(session, socket);
    contact.callId = (await contact.#ask<CallStarted>('call.start', { media: false })).callId;
    return contact;
  }

  async greeting(): Promise<string> {
    return this.#next();
  }

  async say(text: string): Promise<string> {
    await this.#ask('text.send', { text });
    return this.#next();
  }

  async hangUp(): Promise<void> {
    await this.#ask('call.hangUp', {});
    this.#socket.close();
  }

  async #next(): Promise<string> {
    const at = this.#wanted++;
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    while (this.#answers.length <= at) {
      await new Promise<void>((resolve, reject) => {
        this.#arrived = resolve;
        limit.onabort = () => reject(new Error('The assistant does not answer.'));
      });
    }
    return this.#answers[at]?.text ?? '';
  }

  async #ask<Answer = unknown>(name: keyof ClientToServer, request: JsonObject): Promise<Answer> {
    const result = (await this.#socket
      .timeout(ANSWER_LIMIT_MS)
      .emitWithAck(name, ...([request] as never))) as Result<Answer>;
    if (!result.ok) throw new Error(result.error.code);
    return result.data;
  }
}

/** `POST /v1/sessions` of the shop's page; throws the code of a refusal. */
export async function openSession(stage: Stage, body: JsonObject): Promise<SessionOpened> {
  const response = await fetch(`${stage.server}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: stage.shop },
    body: JSON.stringify({ site: 'demo', page: { url: `${stage.shop}/`, language: 'en' }, ...body }),
  });
  const answer = (await response.json()) as SessionOpened & { error?: { code: string } };
  if (answer.error) throw new Error(answer.error.code);
  return answer;
}
