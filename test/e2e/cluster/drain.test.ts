import { expect, test } from 'vitest';
import { openStage } from '../stage.ts';
import { WrittenContact } from '../thread/written.ts';
import { readiness } from './cluster.ts';

const LIMIT = { timeout: 20_000, interval: 50 };

test('asked to stop, a server takes no new calls, says so, and ends when its call has ended', async () => {
  const stage = await openStage({ DATABASE_URL: undefined, SEGUE_DRAIN_MS: '60000' });
  try {
    const call = await WrittenContact.begin(stage);
    await call.greeting();
    const ended = stage.terminate();
    await expect.poll(async () => (await readiness(stage)).status, LIMIT).toBe(503);
    expect((await readiness(stage)).parts.stopping).toEqual({ ok: false, detail: '1 calls run.' });
    await expect(WrittenContact.begin(stage)).rejects.toThrow(/SHUTTING_DOWN/);
    expect(await call.say('what are your opening hours')).not.toBe('');
    await call.hangUp();
    expect(await ended).toBe(0);
  } finally {
    await stage.close();
  }
});

test('whoever follows the ledger keeps it from nothing', async () => {
  const stage = await openStage({ DATABASE_URL: undefined, SEGUE_DRAIN_MS: '300' });
  try {
    const headers = { authorization: `Bearer ${stage.adminKey}` };
    const stream = await fetch(`${stage.server}/v1/ledger/stream`, { headers });
    expect(stream.status).toBe(200);
    expect(await stage.terminate()).toBe(0);
    await stream.body?.cancel().catch(() => {});
  } finally {
    await stage.close();
  }
});

test('a call that does not end is waited for no longer than the limit', async () => {
  const stage = await openStage({ DATABASE_URL: undefined, SEGUE_DRAIN_MS: '300' });
  try {
    const call = await WrittenContact.begin(stage);
    await call.greeting();
    expect(await stage.terminate()).toBe(0);
  } finally {
    await stage.close();
  }
});
