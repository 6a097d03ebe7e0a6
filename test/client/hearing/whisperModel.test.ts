import { describe, expect, it } from 'vitest';
import { JudgedSpeech } from '../../../client/hearing/judgedSpeech.ts';
import { whisperJudge } from '../../../client/hearing/whisperModel.ts';
import type { LanguageJudge } from '../../../shared/lid/languageJudge.ts';
import type { Listened } from '../../../shared/lid/utterance.ts';

const languages = { '<|en|>': 1, '<|de|>': 3, '<|yue|>': 4, '<|transcribe|>': 2, '<|zh-CN|>': 5 };
const parts = (logits: number[]) => ({
  languages,
  features: async (pcm16k: Float32Array) => pcm16k.length,
  firstToken: async () => ({ data: logits }),
});

describe('Whisper as a judge of the language', () => {
  it('scores the languages that its model names, by the first token', async () => {
    const judge = whisperJudge(parts([0, 1, 9, 3, 2, 9]));
    expect(judge.labels).toEqual(['en', 'de', 'yue']);
    expect([...(await judge.judge(new Float32Array(16_000)))]).toEqual([1, 3, 2]);
  });

  it('is none without languages', () => {
    expect(() => whisperJudge({ ...parts([]), languages: {} })).toThrow();
  });
});

/** Answers when it is told to. */
class SlowJudge implements LanguageJudge {
  readonly labels = ['en', 'de'];
  readonly asked: number[] = [];
  #answer: (scores: Float32Array) => void = () => {};
  #fail: (error: Error) => void = () => {};
  judge(pcm16k: Float32Array): Promise<Float32Array> {
    this.asked.push(pcm16k.length);
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
    });
  }
  async answer(scores: number[] | null): Promise<void> {
    if (scores) this.#answer(Float32Array.from(scores));
    else this.#fail(new Error('gone'));
    await new Promise(setImmediate);
  }
  async close(): Promise<void> {}
}

describe('speech that is judged elsewhere', () => {
  const listened = (samples: number): Listened => ({
    pcm16k: new Float32Array(samples),
    seconds: 5,
    ended: false,
  });
  const open = () => {
    const judge = new SlowJudge();
    const told: string[] = [];
    const speech = new JudgedSpeech(judge, {
      onLanguage: (language) => told.push(language),
      onFailed: (error) => told.push(String(error)),
    });
    speech.begin();
    return { judge, told, speech };
  };

  it('is judged one piece after the other, and only the latest of what waited', async () => {
    const { judge, told, speech } = open();
    for (const samples of [1, 2, 3]) speech.hear(listened(samples));
    await judge.answer([0, 20]);
    await judge.answer([0, 20]);
    expect([judge.asked, told]).toEqual([
      [1, 3],
      ['de', 'de'],
    ]);
  });

  it('tells when the judge is gone, and nothing after its end', async () => {
    const lost = open();
    lost.speech.hear(listened(1));
    await lost.judge.answer(null);
    expect(lost.told).toEqual(['Error: gone']);
    const over = open();
    over.speech.hear(listened(1));
    over.speech.close();
    await over.judge.answer([0, 20]);
    expect(over.told).toEqual([]);
  });
});
