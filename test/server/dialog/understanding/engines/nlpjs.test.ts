import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainNlpjs } from '../../../../../server/dialog/understanding/engines/nlpjs.ts';
import type { Nlu } from '../../../../../server/dialog/understanding/nlu.ts';
import { RECOGNISED } from '../../../../fixtures/recognised.ts';
import { HELD_OUT, SHOP_INTENTS, TUNING } from '../../../../fixtures/understanding.ts';

const percent = (part: number, whole: number) => `${part}/${whole} = ${((100 * part) / whole).toFixed(1)} %`;

describe('nlp.js on a shop', () => {
  let nlu: Nlu;
  beforeAll(async () => {
    nlu = await trainNlpjs(SHOP_INTENTS, 'en');
  });
  afterAll(() => nlu.close());

  async function measure(utterances: readonly { texts: readonly string[]; intent: string | null }[]) {
    const count = { inScope: 0, right: 0, outside: 0, accepted: 0 };
    const wrong: string[] = [];
    for (const { texts, intent } of utterances) {
      const [text = '', ...alternatives] = texts;
      const found = await nlu.understand({ text, alternatives, language: 'en' });
      if (intent === null) count.outside++;
      else count.inScope++;
      if (found.intent !== intent)
        wrong.push(`${text} → ${found.intent} (${found.score.toFixed(2)}), not ${intent}`);
      if (intent === null && found.intent !== null) count.accepted++;
      if (intent !== null && found.intent === intent) count.right++;
    }
    return { ...count, wrong };
  }

  it('knows at least 92 % of utterances that are no examples, and accepts at most 8 % of foreign ones', async () => {
    const total = { inScope: 0, right: 0, outside: 0, accepted: 0 };
    for (const [name, table] of [
      ['tuning', TUNING],
      ['held out', HELD_OUT],
    ] as const) {
      const result = await measure(table.map(([text, intent]) => ({ texts: [text], intent })));
      console.log(
        `${name}: right ${percent(result.right, result.inScope)}, falsely accepted ${percent(result.accepted, result.outside)}`,
        result.wrong,
      );
      for (const key of ['inScope', 'right', 'outside', 'accepted'] as const) total[key] += result[key];
      if (name === 'held out') expect(result.right / result.inScope).toBeGreaterThanOrEqual(0.92);
    }
    console.log(
      `all: right ${percent(total.right, total.inScope)}, falsely accepted ${percent(total.accepted, total.outside)}`,
    );
    expect(total.right / total.inScope).toBeGreaterThanOrEqual(0.92);
    expect(total.accepted / total.outside).toBeLessThanOrEqual(0.08);
  });

  it('knows at least 80 % of what a recogniser made of flite and noise', async () => {
    const spoken = RECOGNISED.filter(({ means }) => !means?.startsWith('#'));
    const result = await measure(spoken.map(({ heard, means }) => ({ texts: heard, intent: means })));
    console.log(
      `recognised: right ${percent(result.right, result.inScope)}, falsely accepted ${percent(result.accepted, result.outside)}`,
    );
    expect(result.right / result.inScope).toBeGreaterThanOrEqual(0.8);
    expect(result.accepted / result.outside).toBeLessThanOrEqual(0.2);
  });

  it('understands words that sound like the right ones', async () => {
    for (const [text, intent] of [
      ['cancel my older', 'cancel_order'],
      ['i want to see a human bean', 'human'],
      ['wear is my odour', 'order_status'],
      ['where is my we turn', 'return_status'],
    ]) {
      expect(
        (await nlu.understand({ text: text ?? '', alternatives: [], language: 'en' })).intent,
        text,
      ).toBe(intent);
    }
  });
});

describe.each([
  [
    'es',
    ['dónde está mi pedido', 'cuándo llega mi pedido'],
    ['cancelar mi pedido', 'quiero anular el pedido'],
    'quiero saber dónde está el pedido',
    'cancelar el pedido por favor',
  ],
  [
    'fr',
    ['où est ma commande', 'quand arrive ma commande'],
    ['annuler ma commande', 'je veux annuler'],
    'ma commande est où',
    'je voudrais annuler ma commande',
  ],
  [
    'de',
    ['wo ist meine Bestellung', 'wann kommt meine Bestellung'],
    ['Bestellung stornieren', 'ich möchte stornieren'],
    'wo bleibt meine Bestellung',
    'bitte die Bestellung stornieren',
  ],
  [
    'pt',
    ['onde está meu pedido', 'quando chega meu pedido'],
    ['cancelar meu pedido', 'quero cancelar'],
    'onde está o pedido',
    'quero cancelar o meu pedido',
  ],
  ['ar', ['أين طلبي', 'متى يصل طلبي'], ['إلغاء الطلب', 'أريد إلغاء طلبي'], 'أين هو طلبي', 'أريد إلغاء الطلب'],
] as const)('nlp.js in %s', (language, where, cancel, asked, cancelled) => {
  it('tells two intents apart', async () => {
    const nlu = await trainNlpjs(
      [
        { intent: 'where', examples: where },
        { intent: 'cancel', examples: cancel },
      ],
      language,
    );
    const ask = async (text: string) => (await nlu.understand({ text, alternatives: [], language })).intent;
    expect(await ask(asked)).toBe('where');
    expect(await ask(cancelled)).toBe('cancel');
    await nlu.close();
  });
});
