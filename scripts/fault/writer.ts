import { setTimeout as pause } from 'node:timers/promises';
import { openSession } from '../call/session.ts';
import { Signalling } from '../call/signalling.ts';
import type { FaultStage } from './stage.ts';

/** No faster: a socket may only write so often. */
const REST_MS = 600;

/** A visitor who calls in writing and asks these questions over and over: many more turns than can be spoken. */
export async function writeUntil(
  { server, shop }: Pick<FaultStage, 'server' | 'shop'>,
  questions: readonly string[],
  untilMs: number,
): Promise<void> {
  const { token } = await openSession(server.url, shop, { site: 'demo' });
  const signalling = await Signalling.connect(server.url, shop, token);
  try {
    await signalling.startCall(undefined, { media: false });
    for (let turn = 0; performance.now() < untilMs; turn += 1) {
      await signalling.sendText(questions[turn % questions.length] ?? '');
      await pause(REST_MS);
    }
    await signalling.hangUp();
  } finally {
    signalling.close();
  }
}
