import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { SessionOpened } from '../../shared/events.ts';
import { SCENARIOS, speakAll } from '../bench/scenarios.ts';
import type { CallReport } from '../call/report.ts';
import { callOf, untilEmpty } from './callers.ts';
import { type Holdings, Inspector, leaks } from './inspector.ts';
import { FaultStage } from './stage.ts';

/** How far a visitor gets before the connection drops. */
const STAGES = ['session', 'socket', 'asked', 'started', 'hung up'] as const;
type DropStage = (typeof STAGES)[number];

const LIMIT_MS = 10_000;
/** A call whose device never came back ends by then. */
const ABANDONED_LIMIT_MS = 200_000;

export type DropsOptions = {
  durationMs: number;
  perSecond: number;
  /** How much the other caller says; default: the whole of a bench's call. */
  turns?: number;
  progress?: (line: string) => void;
};

export type DropsResult = {
  attempts: number;
  byStage: Record<DropStage, number>;
  /** What the server answered instead of going along, by code. */
  refusals: Record<string, number>;
  /** Calls that were there already, and that nobody must have disturbed. */
  others: { calm: CallReport; stormy: CallReport };
  before: Holdings;
  after: Holdings;
  leaks: string[];
};

/** Visitors who connect and are gone again, at every stage of a call, while one caller goes on talking. */
export async function drops(options: DropsOptions): Promise<DropsResult> {
  const { durationMs, perSecond, turns: most, progress = () => {} } = options;
  const inspector = new Inspector();
  const stage = await FaultStage.open({ flags: inspector.flags, env: inspector.env });
  try {
    const [turns = []] = await speakAll([SCENARIOS[0]?.slice(0, most) ?? []]);
    const talk = () => callOf(stage, turns);
    const calm = await talk();
    await untilEmpty(stage);
    const before = await inspector.look(stage.server);
    const storm = new Storm(stage);
    const other = talk();
    await pause(2_000);
    await storm.rage({ durationMs, perSecond });
    const stormy = await other;
    progress(`${storm.attempts} came and went; waiting for what they left behind`);
    await untilEmpty(stage, ABANDONED_LIMIT_MS);
    const after = await inspector.look(stage.server);
    return {
      attempts: storm.attempts,
      byStage: storm.byStage,
      refusals: storm.refusals,
      others: { calm, stormy },
      before,
      after,
      leaks: leaks(before, after),
    };
  } finally {
    await stage.close();
    inspector.close();
  }
}

class Storm {
  readonly byStage: Record<DropStage, number> = { session: 0, socket: 0, asked: 0, started: 0, 'hung up': 0 };
  readonly refusals: Record<string, number> = {};
  attempts = 0;
  readonly #stage: FaultStage;

  constructor(stage: FaultStage) {
    this.#stage = stage;
  }

  /** Resolves when the last has gone. */
  async rage({ durationMs, perSecond }: { durationMs: number; perSecond: number }): Promise<void> {
    const visits: Promise<void>[] = [];
    const startMs = performance.now();
    const total = Math.round((durationMs / 1000) * perSecond);
    for (let index = 0; index < total; index += 1) {
      const dueMs = startMs + (index * 1000) / perSecond;
      await pause(Math.max(0, dueMs - performance.now()));
      visits.push(this.#visit(index).catch((error: Error) => this.#refused(error.message)));
    }
    await Promise.all(visits);
  }

  async #visit(index: number): Promise<void> {
    this.attempts += 1;
    const wanted = STAGES[index % STAGES.length] as DropStage;
    // Each from another address of this machine: nobody's share of requests is used up.
    const agent = new Agent({ localAddress: `127.1.${(index >> 8) % 250}.${1 + (index % 250)}` });
    try {
      const session = await openSession(this.#stage, agent);
      if (wanted !== 'session') await this.#connect(session, agent, wanted);
      this.byStage[wanted] += 1;
    } finally {
      agent.destroy();
    }
  }

  async #connect(session: SessionOpened, agent: Agent, wanted: DropStage): Promise<void> {
    const socket = io(this.#stage.server.url, {
      path: '/v1/socket',
      auth: { token: session.token },
      // Of Node's own transport, which the types of the browser's do not know.
      agent: agent as never,
      extraHeaders: { origin: this.#stage.shop },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: LIMIT_MS,
    });
    try {
      await connected(socket);
      if (wanted === 'socket') return;
      const asked = socket.timeout(LIMIT_MS).emitWithAck('call.start', { media: true });
      if (wanted === 'asked') {
        asked.catch(() => {});
        return;
      }
      const started = (await asked) as { ok: boolean; error?: { code: string } };
      if (!started.ok) this.#refused(started.error?.code ?? 'unknown');
      if (wanted === 'hung up') await socket.timeout(LIMIT_MS).emitWithAck('call.hangUp', {});
    } finally {
      // As a lost network: no word of farewell.
      socket.io.engine.close();
    }
  }

  #refused(code: string): void {
    this.refusals[code] = (this.refusals[code] ?? 0) + 1;
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error: Error & { data?: { code?: string } }) =>
      reject(new Error(error.data?.code ?? error.message)),
    );
  });
}

function openSession(stage: FaultStage, agent: Agent): Promise<SessionOpened> {
  const body = JSON.stringify({ site: 'demo', page: { url: `${stage.shop}/`, language: 'en' } });
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      new URL('/v1/sessions', stage.server.url),
      {
        method: 'POST',
        agent,
        timeout: LIMIT_MS,
        headers: { 'content-type': 'application/json', origin: stage.shop },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          const answer = JSON.parse(text) as SessionOpened & { error?: { code: string } };
          if (answer.error) reject(new Error(answer.error.code));
          else resolve(answer);
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end(body);
  });
}
