import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntentExamples, Nlu, TrainNlu } from '../../server/dialog/understanding/nlu.ts';

const INTENTS: readonly IntentExamples[] = [
  {
    intent: 'order_status',
    examples: ['where is my order', 'when does my order arrive', 'status of order {number}'],
  },
  {
    intent: 'cancel_order',
    examples: ['cancel my order', 'I want to cancel order {number}', 'stop the order please'],
  },
  {
    intent: 'opening_hours',
    examples: ['when are you open', 'what are your opening hours', 'are you open on sunday'],
  },
];

/** What every NLU engine has to do; run by nlu.test.ts against each. */
export function nluContract(name: string, train: TrainNlu): void {
  describe(`NLU contract: ${name}`, () => {
    let nlu: Nlu;
    const ask = (text: string, alternatives: readonly string[] = []) =>
      nlu.understand({ text, alternatives, language: 'en' });

    beforeAll(async () => {
      nlu = await train(INTENTS, 'en');
    });
    afterAll(() => nlu.close());

    it('finds the intent of its own examples', async () => {
      for (const { intent, examples } of INTENTS) {
        for (const example of examples) {
          expect((await ask(example.replace('{number}', '10427'))).intent, example).toBe(intent);
        }
      }
    });

    it('ranks intents by scores between 0 and 1, best first', async () => {
      const { score, ranking } = await ask('please cancel the order');
      expect(ranking[0]?.score).toBe(score);
      const scores = ranking.map((entry) => entry.score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const each of scores) {
        expect(each).toBeGreaterThan(0);
        expect(each).toBeLessThanOrEqual(1);
      }
    });

    it('takes numbers in digits and in words for a placeholder', async () => {
      expect((await ask('status of order one zero four two seven')).intent).toBe('order_status');
      expect((await ask('status of order 99')).intent).toBe('order_status');
    });

    it('answers null to speech that belongs to no intent', async () => {
      expect((await ask('the elephant danced under purple trees')).intent).toBeNull();
      expect((await ask('')).intent).toBeNull();
      expect((await ask('… !?')).intent).toBeNull();
    });

    it('looks at the other readings of the same audio', async () => {
      expect((await ask('hands all mild oar', ['cancel my order'])).intent).toBe('cancel_order');
    });

    it('survives absurd texts', async () => {
      for (const text of [
        'x'.repeat(100_000),
        'order '.repeat(5000),
        '\u0000\uD800',
        '__proto__ constructor',
        '{number}',
        '🦊'.repeat(500),
      ]) {
        const { score } = await ask(
          text,
          Array.from({ length: 200 }, () => text),
        );
        expect(score).toBeGreaterThanOrEqual(0);
      }
    });

    it('answers concurrent questions each with its own answer', async () => {
      const answers = await Promise.all(
        ['cancel my order', 'when are you open', 'where is my order'].map((text) => ask(text)),
      );
      expect(answers.map(({ intent }) => intent)).toEqual(['cancel_order', 'opening_hours', 'order_status']);
    });

    it('trains with no examples and understands nothing', async () => {
      const empty = await train([], 'en');
      expect(await empty.understand({ text: 'hello', alternatives: [], language: 'en' })).toEqual({
        intent: null,
        score: 0,
        ranking: [],
      });
      await empty.close();
    });

    it('closes twice without harm, and understands nothing afterwards', async () => {
      const other = await train(INTENTS, 'en');
      const pending = other.understand({ text: 'cancel my order', alternatives: [], language: 'en' });
      await Promise.all([other.close(), other.close()]);
      await pending;
      const late = await other.understand({ text: 'cancel my order', alternatives: [], language: 'en' });
      expect(late.intent).toBeNull();
    });
  });
}
