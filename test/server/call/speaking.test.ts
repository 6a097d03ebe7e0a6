import { beforeEach, describe, expect, it } from 'vitest';
import { Pacer } from '../../../server/audio/pacer.ts';
import { Speaking } from '../../../server/call/speaking.ts';
import { SpeechQueue } from '../../../server/speech/speechQueue.ts';
import type { TtsEngine } from '../../../server/speech/tts.ts';
import { FakeClock } from '../../fakes/clock.ts';

/** Each sentence lasts a second. */
const tts = {
  languages: ['en'],
  synthesise: async () => ({ pcm16k: new Float32Array(16_000).fill(0.3) }),
} as unknown as TtsEngine;

type Caption = { id: string; text: string; final: boolean; cut?: boolean };

describe('what is to be said', () => {
  it('is over at once when the call is', async () => {
    const clock = new FakeClock();
    const player = new Pacer({ clock, output: { frame: () => {} } });
    const speaking = new Speaking({
      queue: new SpeechQueue({ tts, player, clock }),
      player,
      options: () => ({ language: 'en' }),
      nowMs: () => clock.nowMs(),
    });
    const before = speaking.say('r1', [{ text: 'One.' }]);
    speaking.close();
    expect(await before).toBe(false);
    expect(await speaking.say('r2', [{ text: 'Two.' }])).toBe(false);
    expect(speaking.busy).toBe(false);
  });
});

describe('a reply that cannot be spoken', () => {
  it('is shown whole, and its failure told once', async () => {
    const clock = new FakeClock();
    const player = new Pacer({ clock, output: { frame: () => {} } });
    const broken = { ...tts, synthesise: () => Promise.reject(new Error('broken')) } as TtsEngine;
    const speaking = new Speaking({
      queue: new SpeechQueue({ tts: broken, player, clock }),
      player,
      options: () => ({ language: 'en' }),
      nowMs: () => clock.nowMs(),
    });
    const shown: string[] = [];
    let failures = 0;
    speaking.on('caption', ({ text, final }) => final && shown.push(text));
    speaking.on('failed', () => {
      failures += 1;
    });
    expect(await speaking.say('r1', [{ text: 'One.' }, { text: 'Two.' }])).toBe(true);
    expect(shown).toEqual(['One. Two.']);
    expect(failures).toBe(1);
    speaking.close();
  });
});

describe('a caller who is cut off', () => {
  let clock: FakeClock;
  let speaking: Speaking;
  let spoken: string[];
  let captions: Caption[];
  beforeEach(() => {
    clock = new FakeClock();
    spoken = [];
    captions = [];
    const player = new Pacer({ clock, output: { frame: () => {} } });
    const counted: TtsEngine = {
      ...tts,
      synthesise: (text, options) => {
        spoken.push(text);
        return tts.synthesise(text, options);
      },
    };
    const queue = new SpeechQueue({ tts: counted, player, clock });
    speaking = new Speaking({
      queue,
      player,
      options: () => ({ language: 'en' }),
      nowMs: () => clock.nowMs(),
    });
    speaking.on('caption', (caption) => captions.push(caption));
    return () => speaking.close();
  });
  const REPLY = [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }];

  it('hears again what they have not heard, from the beginning of its sentence', async () => {
    const said = speaking.say('r1', REPLY);
    await clock.advanceAsync(1_700);
    speaking.cutOff(200);
    expect(speaking.busy).toBe(true);
    await clock.advanceAsync(60_000);
    spoken.length = 0;
    speaking.restore();
    await clock.advanceAsync(3_000);
    expect(await said).toBe(true);
    expect(spoken).toEqual(['Two.', 'Three.']);
    expect(captions.filter(({ final }) => final)).toEqual([
      { id: 'r1', text: 'One. Two. Three.', final: true },
    ]);
  });

  it('hears a reply again that was over before anybody noticed, and it is written down once', async () => {
    const said = speaking.say('r1', REPLY.slice(0, 2));
    await clock.advanceAsync(2_600);
    expect(await said).toBe(true);
    speaking.cutOff(1_300);
    spoken.length = 0;
    speaking.restore();
    await clock.advanceAsync(1_500);
    expect(spoken).toEqual(['Two.']);
    expect(captions.filter(({ final }) => final)).toHaveLength(1);
  });

  it('is told what came up in the meantime afterwards', async () => {
    const first = speaking.say('r1', REPLY.slice(0, 1));
    await clock.advanceAsync(500);
    speaking.cutOff(0);
    const second = speaking.say('r2', [{ text: 'And this.' }]);
    spoken.length = 0;
    await clock.advanceAsync(5_000);
    speaking.restore();
    await clock.advanceAsync(4_000);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(spoken).toEqual(['One.', 'And this.']);
  });

  describe('for good', () => {
    it('reads at once what they have not heard, once, and all that follows', async () => {
      const [first, second] = [speaking.say('r1', REPLY), speaking.say('r2', [{ text: 'And this.' }])];
      await clock.advanceAsync(1_700);
      speaking.cutOff(200);
      await clock.advanceAsync(20_000);
      spoken.length = 0;
      captions.length = 0;
      speaking.write();
      expect(await Promise.all([first, second])).toEqual([true, true]);
      expect(await speaking.say('r3', [{ text: 'Later.' }])).toBe(true);
      expect(captions).toEqual([
        { id: 'r1', text: 'One. Two. Three.', final: true },
        { id: 'r2', text: 'And this.', final: true },
        { id: 'r3', text: 'Later.', final: true },
      ]);
      expect(spoken).toEqual([]);
      expect(speaking.busy).toBe(false);
      expect(speaking.interrupt()).toBeNull();
      expect(clock.pending).toBe(0);
    });

    it('is not told again what was captioned to its end before anybody noticed', async () => {
      const said = speaking.say('r1', REPLY.slice(0, 1));
      await clock.advanceAsync(1_200);
      expect(await said).toBe(true);
      captions.length = 0;
      speaking.cutOff(1_300);
      speaking.write();
      await clock.advanceAsync(100);
      expect(captions).toEqual([]);
    });

    it('reads what is said in place of an answer, too', async () => {
      speaking.cutOff(0);
      const sentence = { text: 'It is our fault.', pcm16k: new Float32Array(160) };
      expect(await speaking.interject('a', sentence)).toBe(false);
      speaking.write();
      expect(await speaking.interject('b', sentence)).toBe(true);
      expect(captions).toEqual([{ id: 'b', text: 'It is our fault.', final: true }]);
    });

    it('hears again what follows when the line comes back after all', async () => {
      speaking.cutOff(0);
      speaking.write();
      speaking.restore();
      const said = speaking.say('r1', REPLY.slice(0, 1));
      await clock.advanceAsync(1_200);
      expect(await said).toBe(true);
      expect(spoken).toEqual(['One.']);
    });
  });

  it('who writes instead has heard what came before the break', async () => {
    const said = speaking.say('r1', REPLY);
    await clock.advanceAsync(1_700);
    speaking.cutOff(0);
    expect(speaking.interrupt()).toEqual({ heardText: 'One.' });
    speaking.restore();
    expect(await said).toBe(false);
    expect(captions.at(-1)).toEqual({ id: 'r1', text: 'One.', final: true, cut: true });
  });

  it('may be cut off again', async () => {
    const said = speaking.say('r1', REPLY);
    await clock.advanceAsync(500);
    speaking.cutOff(0);
    speaking.restore();
    await clock.advanceAsync(1_400);
    speaking.cutOff(0);
    spoken.length = 0;
    speaking.restore();
    await clock.advanceAsync(4_000);
    expect(await said).toBe(true);
    expect(spoken).toEqual(['Two.', 'Three.']);
  });
});
