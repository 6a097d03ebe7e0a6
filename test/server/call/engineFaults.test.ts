import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { speech as words } from '../../../shared/strings/speech/en.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { type Fault, FaultyStt, FaultyTts } from '../../fakes/engines.ts';
import { replyOf } from '../../fakes/policy.ts';
import { SpokenCall } from '../../fakes/spokenCall.ts';

/** The promise of the product, and what the packets on their way add. */
const NEVER_LONGER_MS = 2_000;

let clock: FakeClock;
let stt: FaultyStt;
let tts: FaultyTts;
let caller: SpokenCall;
beforeEach(() => {
  clock = new FakeClock();
  stt = new FaultyStt();
  tts = new FaultyTts();
});
afterEach(() => caller.call.end('caller'));

async function begin(parts: Partial<Parameters<typeof SpokenCall.begin>[0]> = {}): Promise<void> {
  caller = await SpokenCall.begin({ clock, stt: [stt], tts: [tts], ready: new FaultyTts('ready'), ...parts });
  caller.call.answer();
  await caller.caller(3_000, false);
}

/** A turn of the caller, and what follows for `ms`. */
async function turn(ms: number): Promise<void> {
  await caller.caller(1_000, true);
  // The end of a turn is decided some 700 ms after the last sound; until then it is the caller's.
  await caller.caller(800, false);
  caller.listen();
  await caller.caller(ms, false);
}

test('an ordinary turn needs no stopgap', async () => {
  await begin();
  await turn(1_000);
  expect(caller.said()[1]).toMatch(/^You said heard \d+\.$/);
  expect(caller.types.filter((type) => type.startsWith('assistant.stopgap'))).toEqual([]);
});

describe('the voice', () => {
  test.each<Fault>(['stalls', 'throws', 'nonsense', 'silent', 'endless'])(
    'that %s is replaced by a second one',
    async (fault) => {
      await begin({ tts: [tts, new FaultyTts('second')] });
      tts.fault = fault;
      await turn(5_000);
      expect(caller.said().some((text) => text.startsWith('You said'))).toBe(true);
      expect(caller.types.filter((type) => type.startsWith('error.'))).toEqual([]);
    },
  );

  test('that stalls with nobody to replace it: something sounds, captions go on, writing is offered', async () => {
    await begin();
    tts.fault = 'stalls';
    await turn(3_500);
    expect(caller.longestSilenceMs).toBeLessThan(NEVER_LONGER_MS);
    await caller.caller(4_000, false);
    expect(caller.said()).toContain(words.cannotSpeak[0]);
    expect(caller.said().some((text) => text.startsWith('You said'))).toBe(true);
    expect(caller.offers.at(-1)?.kinds).toContain('text');
  });

  test('that fails again as soon as the caller has spoken again is told again', async () => {
    await begin();
    tts.fault = 'throws';
    await turn(1_500);
    await turn(1_500);
    expect(caller.said()).toEqual(expect.arrayContaining([words.cannotSpeak[0], words.ourFault[0]]));
  });

  test('that stalls in the middle of a reply is bridged, too', async () => {
    const asked = tts.synthesise.bind(tts);
    tts.synthesise = (text) => {
      tts.fault = text.startsWith('Then') ? 'stalls' : 'none';
      return asked(text);
    };
    const sentences = [{ text: 'Okay.' }, { text: 'Then there is much more to say about it than that.' }];
    await begin({ script: { respond: async () => replyOf('', { sentences }) } });
    await turn(3_500);
    expect(caller.longestSilenceMs).toBeLessThan(NEVER_LONGER_MS);
    expect(caller.types).toContain('assistant.stopgap waitPlease');
  });

  test('that fails leaves what was shown of a reply, also when the caller goes on meanwhile', async () => {
    const asked = tts.synthesise.bind(tts);
    tts.synthesise = (text) => {
      tts.fault = text.startsWith('Lamps') ? 'throws' : 'stalls';
      return asked(text);
    };
    const sentences = [{ text: 'Lamps are on the left.' }, { text: 'Is there anything else?' }];
    caller = await SpokenCall.begin({
      clock,
      stt: [stt],
      tts: [tts],
      script: { greet: async () => replyOf('', { sentences }) },
    });
    caller.call.answer();
    await caller.caller(1_000, false);
    caller.call.hearText('and the others?');
    await caller.caller(40, false);
    expect(caller.said()).toContain('Lamps are on the left.');
  });

  test('that was never there leaves a tone', async () => {
    tts.fault = 'throws';
    caller = await SpokenCall.begin({ clock, stt: [stt], tts: [tts] });
    caller.call.answer();
    caller.listen();
    await caller.caller(1_000, false);
    expect(caller.heardAtMs).toBeGreaterThan(0);
    expect(caller.said()).toContain('Hello.');
    expect(caller.said()).toContain(words.cannotSpeak[0]);
  });
});

describe('the ears', () => {
  test.each<[Fault, number]>([
    ['stalls', 3_400],
    ['throws', 1_000],
    ['nonsense', 1_000],
  ])('that have a fault (%s) are replaced', async (fault, answeredAfterMs) => {
    await begin({ stt: [stt, new FaultyStt('second')] });
    stt.fault = fault;
    await turn(answeredAfterMs);
    expect(caller.longestSilenceMs).toBeLessThan(NEVER_LONGER_MS);
    expect(caller.said().some((text) => text.startsWith('You said'))).toBe(true);
  });

  test('that die in mid-turn have heard it all the same', async () => {
    await begin();
    await caller.caller(600, true);
    stt.die();
    await turn(1_500);
    expect(caller.said().filter((text) => text.startsWith('You said'))).toHaveLength(1);
  });

  test('that are gone: the caller is told, and offered to write; told again, a human', async () => {
    await begin();
    stt.fault = 'stalls';
    await turn(7_500);
    expect(caller.longestSilenceMs).toBeLessThan(NEVER_LONGER_MS);
    expect(caller.said()).toContain(words.cannotHear[0]);
    expect(caller.offers.at(-1)?.kinds).toEqual(['text']);
    // The next page of the caller's is told as well.
    expect((await caller.call.attached(false)).offer).toEqual(caller.offers.at(-1));
    await turn(9_000);
    expect(caller.said()).toContain(words.ourFault[0]);
    stt.fault = 'none';
    await caller.caller(20_000, false);
    await turn(2_000);
    expect(caller.said().at(-1)).toMatch(/^You said/);
  });
});

describe('the dialog', () => {
  test('that takes long is bridged: never two seconds without a sound', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await begin({
      script: {
        respond: async () => {
          await promise;
          return replyOf('There it is.');
        },
      },
    });
    await turn(9_000);
    expect(caller.longestSilenceMs).toBeLessThan(NEVER_LONGER_MS);
    resolve();
    await caller.caller(1_000, false);
    expect(caller.said()).toEqual(
      expect.arrayContaining([words.waitPlease[0], words.stillOnIt[0], words.ourFault[0], 'There it is.']),
    );
    expect(caller.offers).toContainEqual(expect.objectContaining({ kinds: ['text'] }));
  });

  test('that never answers is given up, and the next turn is answered', async () => {
    let turns = 0;
    await begin({
      script: {
        respond: async () => {
          turns += 1;
          if (turns === 1) await new Promise(() => {});
          return replyOf('The second answer.');
        },
      },
    });
    await turn(16_000);
    expect(caller.said()).toContain(words.ourFault[0]);
    await turn(2_000);
    expect(caller.said()).toContain('The second answer.');
  });

  test('that answers too late has not said it, and the next turn is answered', async () => {
    const late = Promise.withResolvers<void>();
    const cuts: string[] = [];
    let turns = 0;
    await begin({
      script: {
        respond: async () => {
          turns += 1;
          if (turns === 1) await late.promise;
          return replyOf(`Answer ${turns}.`);
        },
        interrupted: (text) => cuts.push(text),
      },
    });
    await turn(16_000);
    late.resolve();
    await caller.caller(200, false);
    expect(cuts).toEqual(['']);
    await turn(2_000);
    expect(caller.said()).toContain('Answer 2.');
    expect(caller.said()).not.toContain('Answer 1.');
  });

  test('that never has done with a change of the page keeps nobody waiting in silence', async () => {
    let stuck = true;
    await begin({
      script: { contextChanged: () => (stuck ? new Promise(() => {}) : Promise.resolve(null)) },
    });
    caller.call.session.learn('page', { cart: 1 });
    await turn(16_000);
    stuck = false;
    expect(caller.longestSilenceMs).toBeLessThan(NEVER_LONGER_MS);
    await turn(2_000);
    expect(caller.said().at(-1)).toMatch(/^You said/);
  });

  test('that throws is told at once', async () => {
    await begin({ script: { respond: () => Promise.reject(new Error('broken')) } });
    await turn(1_500);
    expect(caller.said()).toContain(words.ourFault[0]);
  });

  test('a caller who interrupts a stopgap has cut off nothing', async () => {
    const cuts: string[] = [];
    await begin({
      script: { respond: () => new Promise(() => {}), interrupted: (text) => cuts.push(text) },
    });
    await turn(1_400);
    await caller.caller(600, true);
    await caller.caller(500, false);
    expect(cuts.filter((text) => text.includes('moment'))).toEqual([]);
  });
});
