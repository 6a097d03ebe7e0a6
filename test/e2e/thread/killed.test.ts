import { expect, test } from 'vitest';
import { openStage, type Stage } from '../stage.ts';

const CHANNEL_KEY = 'the channel key of this test';
const ROUNDS = 3;

async function write(stage: Stage, thread: string, text: string): Promise<string> {
  const response = await fetch(`${stage.server}/v1/channels/message/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CHANNEL_KEY}` },
    body: JSON.stringify({ site: 'demo', thread, text, customerId: 'cus_jane' }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { text: string }).text;
}

async function kept(stage: Stage): Promise<string[]> {
  const { events } = (await stage.read('/v1/customers/cus_jane/ledger?site=demo&limit=500')) as {
    events: { kind: string; personal: { text?: string } }[];
  };
  return events.filter(({ kind }) => kind.startsWith('turn.')).map(({ personal }) => personal.text ?? '');
}

test('what was answered is kept by a server that is killed the moment after', async () => {
  const env = { DATABASE_URL: undefined, SEGUE_DEMO_CHANNEL_KEY: CHANNEL_KEY };
  let stage = await openStage(env);
  const said: string[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = `where is my order 10498, I asked ${round} times`;
      said.push(text, await write(stage, `thread-${round}`, text));
      await stage.kill();
      stage = await openStage({ ...env, SEGUE_DATA_DIR: stage.dataDir });
    }
    expect(await kept(stage)).toEqual(expect.arrayContaining(said));
  } finally {
    await stage.close();
  }
});
