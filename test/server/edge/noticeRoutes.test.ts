import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWav } from '../../../scripts/call/wav.ts';
import { createHttp, type EdgeServer } from '../../../server/edge/http.ts';
import { noticeRoutes } from '../../../server/edge/noticeRoutes.ts';
import { Origins } from '../../../server/edge/origins.ts';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import type { TtsEngine } from '../../../server/speech/tts.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { rms } from '../../fakes/voice.ts';

describe('GET /v1/notices/:language', () => {
  let engine: TtsEngine;
  let http: EdgeServer;
  const said: string[] = [];
  let failing = false;

  beforeAll(async () => {
    engine = await loadFlite();
    const tts: TtsEngine = {
      ...engine,
      languages: engine.languages,
      async synthesise(text, options) {
        said.push(`${options.voice}: ${text}`);
        if (failing) throw new Error('the engine is out');
        return await engine.synthesise(text, options);
      },
    };
    const origins = new Origins([{ key: 'shop', origins: ['https://shop.example'] }]);
    http = await createHttp({ log: createLog('silent'), origins, trustProxy: false, version: '0' });
    noticeRoutes(http, { tts: () => tts, voices: new Map([['shop', 'rms']]) });
  });
  afterAll(async () => {
    await http.close();
    await engine.close();
  });
  const get = (path: string) =>
    http.inject({ url: `/v1/notices/${path}`, headers: { origin: 'https://shop.example' } });

  test('is tried anew after an engine that failed', async () => {
    failing = true;
    expect((await get('en')).statusCode).toBe(500);
    failing = false;
    expect((await get('en')).statusCode).toBe(200);
  });

  test('speaks in the voice of the site, for pages of any origin, and is kept', async () => {
    const answer = await get('en?site=shop');
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/wav',
      'access-control-allow-origin': '*',
      'cache-control': expect.stringMatching(/^public, max-age=\d{6,}$/),
    });
    const { rateHz, samples } = readWav(answer.rawPayload);
    expect(rateHz).toBe(16_000);
    expect(samples.length).toBeGreaterThan(2 * 16_000);
    expect(rms(samples)).toBeGreaterThan(0.05);
  });

  test('synthesises a sentence once', async () => {
    await Promise.all([get('en?site=shop'), get('en?site=shop')]);
    expect(said.filter((line) => line.startsWith('rms: '))).toHaveLength(1);
  });

  test('has nothing in a language that the engine does not speak, and refuses others', async () => {
    expect((await get('de')).statusCode).toBe(404);
    expect((await get('xx')).statusCode).toBe(400);
  });
});
