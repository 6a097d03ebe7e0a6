import { beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { LineKeeper } from '../../../client/call/lineKeeper.ts';
import type { LinkState, VoiceLink } from '../../../client/media/voiceLink.ts';
import type { MediaParameters } from '../../../shared/events.ts';
import { FakeClock } from '../../fakes/clock.ts';

const MEDIA = {} as MediaParameters;

describe('LineKeeper', () => {
  let clock: FakeClock;
  let keeper: LineKeeper;
  let make: () => LineKeeper;
  let steps: string[];
  let reachable: boolean;
  let refusal: CallError | null;
  let back: () => void;
  /** When the first link of a keeper opens. */
  let openedLater: Promise<void> | null;
  let states: ((state: LinkState) => void)[];
  let roundTripMs: number;
  /** Sound comes over the first link, and nobody has looked as yet. */
  let unnoticed: boolean;
  /** Of the links that were opened, which may not rely on the addresses of before. */
  let moves: boolean[];
  const told = (link: number, state: LinkState) => states[link - 1]?.(state);
  beforeEach(async () => {
    clock = new FakeClock();
    steps = [];
    states = [];
    moves = [];
    roundTripMs = 5;
    unnoticed = false;
    reachable = true;
    refusal = null;
    openedLater = null;
    const answer = async (limitMs: number) => {
      if (!reachable) {
        await new Promise<void>((resolve) => clock.after(limitMs, resolve));
        throw CallError.of('NETWORK_UNREACHABLE');
      }
      if (refusal) throw refusal;
    };
    make = () =>
      new LineKeeper({
        clock,
        signalling: {
          request: (async (_name: string, _request: unknown, limitMs: number) => {
            steps.push('renew');
            await answer(limitMs);
            return MEDIA;
          }) as never,
          get roundTripMs() {
            return roundTripMs;
          },
          wake: () => steps.push('wake'),
          hurry: () => {},
          onBack: (listener) => {
            back = listener;
          },
        },
        open: async (_media, { onState, moved }) => {
          const number = states.push(onState);
          moves.push(moved);
          if (number === 1) await openedLater;
          return {
            look: async () => {
              if (unnoticed) onState('up');
            },
            restartIce: async (limitMs: number) => {
              steps.push(`restart ${number}`);
              await answer(limitMs);
            },
            close: () => steps.push(`close ${number}`),
          } as unknown as VoiceLink;
        },
        onLink: () => steps.push('link'),
        onUp: (up) => steps.push(up ? 'up' : 'down'),
        onGivenUp: () => steps.push('given up'),
      });
    keeper = make();
    await keeper.open(MEDIA);
    told(1, 'up');
    return () => keeper.close();
  });
  describe('where sound never came', () => {
    let fresh: LineKeeper;
    beforeEach(() => {
      keeper.close();
      steps.length = 0;
      states.length = 0;
      fresh = make();
      return () => fresh.close();
    });

    it('gives the network up after one more try', async () => {
      await fresh.open(MEDIA);
      await clock.advanceAsync(5_900);
      expect(steps).toEqual([]);
      await clock.advanceAsync(6_200);
      expect(steps).toEqual(['down', 'renew', 'close 1', 'link', 'given up']);
    });

    it('is content when it comes late', async () => {
      await fresh.open(MEDIA);
      await clock.advanceAsync(7_000);
      told(2, 'up');
      await clock.advanceAsync(60_000);
      expect(steps.slice(-1)).toEqual(['up']);
    });

    it('is content when it comes with the link', async () => {
      const opened = fresh.open(MEDIA);
      told(1, 'up');
      await opened;
      await clock.advanceAsync(60_000);
      expect(steps).toEqual([]);
    });
  });

  describe('where it is tried again', () => {
    let again: LineKeeper;
    beforeEach(() => {
      keeper.close();
      steps.length = 0;
      states.length = 0;
      again = make();
      return () => again.close();
    });

    it('has a line once sound comes, and keeps it', async () => {
      const proven = again.prove(MEDIA);
      await clock.advanceAsync(1_000);
      told(1, 'up');
      expect(await proven).toBe(again.link);
      told(1, 'shaky');
      await clock.advanceAsync(10);
      expect(steps).toEqual(['up', 'down', 'restart 1']);
    });

    it('has one although messages were away meanwhile, which is no word about the sound', async () => {
      const proven = again.prove(MEDIA);
      await clock.advanceAsync(1_000);
      back();
      await clock.advanceAsync(4_000);
      told(1, 'up');
      expect(await proven).toBe(again.link);
    });

    it('has none when nothing comes, without a second try', async () => {
      const proven = again.prove(MEDIA).catch((error: unknown) => CallError.from(error).code);
      await clock.advanceAsync(10);
      told(1, 'down');
      await clock.advanceAsync(6_000);
      expect(await proven).toBe('MEDIA_TRANSPORT_FAILED');
      expect(steps).toEqual([]);
    });
  });

  it('looks for the path anew, and is content when something comes', async () => {
    told(1, 'shaky');
    await clock.advanceAsync(300);
    told(1, 'up');
    await clock.advanceAsync(60_000);
    expect(steps).toEqual(['down', 'restart 1', 'up']);
  });

  it('looks for the path anew at the first doubt, and tells nobody', async () => {
    told(1, 'doubtful');
    await clock.advanceAsync(10_000);
    expect(steps).toEqual(['restart 1']);
  });

  it('does so when messages get through again, perhaps by another network', async () => {
    back();
    await clock.advanceAsync(10_000);
    expect(steps).toEqual(['restart 1']);
  });

  it('wakes the connection for messages when the first doubt is not answered soon', async () => {
    reachable = false;
    told(1, 'doubtful');
    await clock.advanceAsync(190);
    expect(steps).toEqual(['restart 1']);
    await clock.advanceAsync(20);
    expect(steps).toEqual(['restart 1', 'wake']);
  });

  it('waits longer where answers take longer, though not for ever', async () => {
    reachable = false;
    roundTripMs = 150;
    told(1, 'doubtful');
    await clock.advanceAsync(440);
    expect(steps).toEqual(['restart 1']);
    await clock.advanceAsync(20);
    expect(steps).toEqual(['restart 1', 'wake']);
    roundTripMs = 5_000;
    told(1, 'doubtful');
    await clock.advanceAsync(1_010);
    expect(steps).toEqual(['restart 1', 'wake', 'restart 1', 'wake']);
  });

  it('makes a fresh line, in the network of now, when messages are back and sound is still missing', async () => {
    reachable = false;
    told(1, 'doubtful');
    await clock.advanceAsync(210);
    reachable = true;
    back();
    await clock.advanceAsync(10);
    expect(steps).toEqual(['restart 1', 'wake', 'down', 'renew', 'close 1', 'link']);
    expect(moves).toEqual([false, true]);
  });

  it('keeps its line when sound is back with the messages, and was not noticed as yet', async () => {
    reachable = false;
    told(1, 'shaky');
    await clock.advanceAsync(2_100);
    reachable = true;
    unnoticed = true;
    back();
    await clock.advanceAsync(10_000);
    expect(steps).toEqual(['down', 'restart 1', 'wake', 'up', 'restart 1']);
  });

  it('keeps its line when sound was only late, though messages were away', async () => {
    told(1, 'doubtful');
    await clock.advanceAsync(10);
    told(1, 'up');
    back();
    await clock.advanceAsync(10_000);
    expect(steps).toEqual(['restart 1', 'restart 1']);
  });

  it('does not give sound up because messages come and go', async () => {
    told(1, 'down');
    await clock.advanceAsync(10);
    for (let time = 0; time < 10; time += 1) {
      back();
      await clock.advanceAsync(1_000);
    }
    expect(steps).not.toContain('given up');
    told(moves.length, 'up');
    expect(steps.at(-1)).toBe('up');
  });

  it('makes a fresh line when that does not help', async () => {
    told(1, 'shaky');
    await clock.advanceAsync(1_000);
    expect(steps).toEqual(['down', 'restart 1']);
    await clock.advanceAsync(100);
    expect(steps).toEqual(['down', 'restart 1', 'renew', 'close 1', 'link']);
    told(1, 'up');
    told(2, 'up');
    await clock.advanceAsync(60_000);
    expect(steps.slice(5)).toEqual(['up']);
  });

  it('makes one as soon as nothing comes for sure, where the path was looked for since the first doubt', async () => {
    told(1, 'doubtful');
    await clock.advanceAsync(1_100);
    told(1, 'shaky');
    await clock.advanceAsync(10);
    expect(steps).toEqual(['restart 1', 'down', 'renew', 'close 1', 'link']);
  });

  it('makes a fresh one at once when the server has lost its end', async () => {
    keeper.lost();
    await clock.advanceAsync(10);
    expect(steps).toEqual(['down', 'renew', 'close 1', 'link']);
  });

  it('is not deceived by a last packet over a line whose other end is gone', async () => {
    keeper.lost();
    told(1, 'up');
    await clock.advanceAsync(10);
    expect(steps).toEqual(['down', 'renew', 'close 1', 'link']);
    await clock.advanceAsync(20_000);
    expect(steps.at(-1)).toBe('given up');
  });

  it('keeps the fresh line when the server lost its end while the first one was being opened', async () => {
    keeper.close();
    steps.length = 0;
    states.length = 0;
    keeper = make();
    let done = () => {};
    openedLater = new Promise((resolve) => {
      done = resolve;
    });
    const opened = keeper.open(MEDIA);
    keeper.lost();
    await clock.advanceAsync(10);
    done();
    expect(await opened).toBe(keeper.link);
    expect(steps).toEqual(['down', 'renew', 'link', 'close 1']);
    told(2, 'up');
    expect(steps.at(-1)).toBe('up');
  });

  it('wakes a connection for messages that does not answer, for as long as it takes', async () => {
    reachable = false;
    told(1, 'shaky');
    await clock.advanceAsync(120_000);
    expect(steps.filter((step) => step === 'wake').length).toBeGreaterThan(20);
    expect(steps).not.toContain('given up');
    reachable = true;
    await clock.advanceAsync(2_600);
    told(1, 'up');
    await clock.advanceAsync(60_000);
    expect(steps.at(-1)).toBe('up');
  });

  it('gives up a network through which no sound comes although the server answers', async () => {
    told(1, 'down');
    await clock.advanceAsync(20_000);
    expect(steps.filter((step) => step === 'link')).toHaveLength(2);
    expect(steps.at(-1)).toBe('given up');
  });

  it('waits for a media server that is being restarted', async () => {
    refusal = new CallError({ code: 'MEDIA_UNAVAILABLE', message: '', retryable: true });
    keeper.lost();
    await clock.advanceAsync(4_000);
    refusal = null;
    await clock.advanceAsync(1_000);
    expect(steps.at(-1)).toBe('link');
  });

  it('makes a fresh line when the server goes on not hearing us', async () => {
    keeper.heard(false);
    await clock.advanceAsync(2_000);
    keeper.heard(true);
    await clock.advanceAsync(10_000);
    expect(steps).toEqual([]);
    keeper.heard(false);
    await clock.advanceAsync(3_100);
    expect(steps).toEqual(['down', 'renew', 'close 1', 'link']);
  });

  it('does nothing after its end', async () => {
    told(1, 'shaky');
    keeper.close();
    await clock.advanceAsync(60_000);
    expect(steps).toEqual(['down', 'restart 1', 'close 1']);
    expect(clock.pending).toBe(0);
  });
});
