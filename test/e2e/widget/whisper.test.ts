import { beforeAll, describe, expect, it } from 'vitest';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { languageModelDir } from '../../fakes/languageModel.ts';
import { tinyWhisper } from '../../fakes/whisperModel.ts';
import { PageVoice, stageVoice } from '../pageVoice.ts';
import { voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

const skip = Boolean(widgetSkipReason() || voiceSkipReason());
const SAID =
  'Hello, I would like to know where my order is, because it should have come on Monday, and I have not seen it yet.';

describe.skipIf(skip)('Whisper in the page, when the element asks for it', () => {
  const stage = widgetStage({ strict: false });
  let voice: PageVoice;
  let said: Float32Array;
  let told: string[];

  beforeAll(async () => {
    const flite = await loadFlite();
    ({ pcm16k: said } = await flite.synthesise(SAID, { language: 'en', voice: 'rms' }));
    await flite.close();
  });

  const call = async (options: { wasm?: boolean; workers?: boolean } = {}) => {
    told = [];
    await stage.open({
      microphone: 'granted',
      attributes: `language-model="whisper" language-model-url="${stage.server.url}/models/tiny"`,
      wasm: true,
      workers: true,
      ...options,
      prepare: stageVoice,
    });
    stage.visit.page.on('console', (message) => {
      if (message.text().includes('Whisper does not run')) told.push(message.text());
    });
    voice = new PageVoice(stage.visit.page);
    await stage.visit.page.locator('.launcher').click();
    await stage.visit.reaches('live');
  };
  const asked = (part: string) =>
    stage.visit.page.evaluate(
      (name) => performance.getEntriesByType('resource').filter((entry) => entry.name.includes(name)).length,
      part,
    );
  const languages = async () =>
    (await voice.events('segue-language')).map(({ detail }) => `${detail.language} ${detail.source}`);

  it('recognises what is said in a worker, and the small model is not loaded', async () => {
    for (const [name, file] of tinyWhisper()) stage.server.files.set(`/models/tiny/${name}`, file);
    await call();
    // The tiny model takes every voice for German.
    await expect
      .poll(
        async () => {
          await voice.speak(said);
          return [await languages(), told];
        },
        { timeout: 30_000 },
      )
      .toEqual([['de device'], []]);
    expect(await stage.server.next('hint.language')).toMatchObject({ language: 'de' });
    expect(await asked('/segue/language-')).toBe(0);
    expect(await stage.visit.violations()).toEqual([]);
  });

  const lost: [what: string, options: { wasm?: boolean; workers?: boolean }][] = [
    ['its files are not there', {}],
    ['the page forbids WebAssembly', { wasm: false }],
    ['the page forbids such workers', { workers: false }],
  ];
  it.skipIf(!languageModelDir).each(lost)(
    'leaves it to the small model when %s, and says so once',
    async (_, options) => {
      if (options.wasm === false || options.workers === false)
        for (const [name, file] of tinyWhisper()) stage.server.files.set(`/models/tiny/${name}`, file);
      await call(options);
      await expect.poll(() => told.length, { timeout: 30_000 }).toBe(1);
      await expect.poll(() => asked('/segue/language-'), { timeout: 20_000 }).toBe(1);
      expect((await voice.events('segue-error')).length).toBe(0);
    },
  );
});
