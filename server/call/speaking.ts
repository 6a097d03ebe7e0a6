import { Emitter } from '../../shared/emitter.ts';
import type { SegueError } from '../../shared/errors.ts';
import type { Player } from '../audio/player.ts';
import type { Reply, Sentence } from '../dialog/policy.ts';
import type { Sounding, SpeakOptions, SpeechQueue, Utterance } from '../speech/speechQueue.ts';

export type SpeakingEvents = {
  /** What has been said of a reply so far; `final` when it is over, cut at what was heard. */
  caption: [{ id: string; text: string; final: boolean; cut?: boolean }];
  /** From the reply to its first sound at the player. */
  first: [{ durationMs: number }];
  /** The assistant has the word; not only while it sounds. */
  active: [active: boolean];
  /** The caller hears something; not while the next sentence of a reply is still being made. */
  sounds: [on: boolean];
  /** Sentences could only be shown; told once a reply. */
  failed: [error: SegueError];
};

/** How a reply is spoken, where it differs from the call's voice. */
export type Manner = Pick<Reply, 'rate' | 'gain' | 'language'>;

/** Only what the reply sets: an absent field leaves the call's own. */
export function mannerOf({ rate, gain, language }: Reply): Manner {
  return {
    ...(rate === undefined ? {} : { rate }),
    ...(gain === undefined ? {} : { gain }),
    ...(language === undefined ? {} : { language }),
  };
}

/** The caption of a reply of which nothing was heard. */
export const NOTHING_HEARD = '…';

/** Loudness of the assistant beside a caller who may mean to interrupt, −14 dB. */
const DUCKED = 0.2;

/** A reply on its way to the caller. */
type Saying = {
  id: string;
  said: string[];
  /** `heardAtMs`: when its end was heard. */
  sentences: (Utterance & { id: string; heardAtMs: number | null })[];
  options: SpeakOptions;
  /** Captions of what was heard before the line broke. */
  heardBefore: string[];
  /** Ends its waiting for a caller who is cut off. */
  go: () => void;
  /** It was captioned to its end before it was clear that nobody had heard it. */
  captioned: boolean;
  /** Some of it could only be shown. */
  failed: boolean;
};

/** A line that breaks is noticed later than that only where the caller's microphone is off. */
const REMEMBERED_MS = 15_000;

/** The assistant's mouth: replies become speech and captions that say what was really said, and no more. */
export class Speaking extends Emitter<SpeakingEvents> {
  readonly #queue: SpeechQueue;
  readonly #player: Pick<Player, 'setGain'>;
  readonly #options: () => SpeakOptions;
  readonly #nowMs: () => number;
  /** By id, in the order of speaking; a sentence's id is its reply's with a number behind. */
  readonly #sayings = new Map<string, Saying>();
  /** Lately said to their end. */
  #past: Saying[] = [];
  /** Nothing reaches the caller. */
  #cutOff = false;
  /** It is written instead. */
  #writes = false;
  /** What is said in between, by id. */
  readonly #asides = new Map<string, string>();
  #active = false;
  #sounds = false;
  #gain = 1;
  #closed = false;

  constructor(parts: {
    queue: SpeechQueue;
    player: Pick<Player, 'setGain'>;
    options: () => SpeakOptions;
    nowMs: () => number;
  }) {
    super();
    this.#nowMs = parts.nowMs;
    this.#queue = parts.queue;
    this.#player = parts.player;
    this.#options = parts.options;
    this.#wire();
  }

  /** True from `say` until silence. */
  get busy(): boolean {
    return this.#queue.speaking || (this.#cutOff && this.#sayings.size > 0);
  }

  /** Speaks a reply; resolves when it was spoken or interrupted, at once when closed. `true`: to its end. */
  async say(id: string, sentences: readonly Sentence[], manner: Manner = {}): Promise<boolean> {
    if (this.#closed) return false;
    const { gain = 1, ...changes } = manner;
    this.#gain = gain;
    this.#player.setGain(gain);
    const saying: Saying = {
      id,
      said: [],
      sentences: sentences.map((sentence, index) => ({ ...sentence, id: `${id}.${index}`, heardAtMs: null })),
      options: { ...this.#options(), ...changes },
      heardBefore: [],
      go: () => {},
      captioned: false,
      failed: false,
    };
    this.#sayings.set(id, saying);
    return await this.#speak(saying);
  }

  /**
   * Nothing reaches the caller, since `sinceMs` ago: silent, until `restore`. What they have not heard by then is said
   * to them again, from the beginning of its sentence.
   */
  cutOff(sinceMs: number): void {
    if (this.#cutOff) return;
    const lostAtMs = this.#nowMs() - sinceMs;
    this.#cutOff = true;
    const running = [...this.#sayings.values()];
    const unheard = this.#past.filter(({ sentences }) => isUnheard(sentences.at(-1), lostAtMs));
    this.#past = [];
    this.#sayings.clear();
    for (const saying of [...unheard, ...running]) {
      this.#sayings.set(saying.id, saying);
      for (const sentence of saying.sentences) {
        if (isUnheard(sentence, lostAtMs)) sentence.heardAtMs = null;
      }
      saying.heardBefore = saying.sentences
        .filter(({ heardAtMs }) => heardAtMs !== null)
        .map(({ text }) => text);
      saying.said = [...saying.heardBefore];
    }
    for (const saying of unheard) void this.#speak(saying);
    this.#queue.interrupt();
    this.#setActive(false);
  }

  /** The caller stays cut off and reads instead, until `restore`: what they have not heard, and all that follows. */
  write(): void {
    this.#writes = true;
    this.#goOn();
  }

  /** Whether it is written what there is to say. */
  get writes(): boolean {
    return this.#writes;
  }

  /** The caller is there again. */
  restore(): void {
    this.#cutOff = false;
    this.#writes = false;
    this.#player.setGain(this.#gain);
    this.#goOn();
  }

  /**
   * Says at once what is ready, while a reply is not; nothing when the caller hears something, or cannot. `true`: to its
   * end. It is no part of what was said when it is interrupted.
   */
  async interject(id: string, { text, pcm16k }: { text: string; pcm16k: Float32Array }): Promise<boolean> {
    if (this.#writes) {
      this.emit('caption', { id, text, final: true });
      return true;
    }
    if (this.#cutOff || this.#sounds) return false;
    this.#player.setGain(this.#gain);
    this.#asides.set(id, text);
    await this.#queue.interject({ id, text, pcm16k });
    const whole = this.#asides.delete(id);
    this.emit('caption', { id, text, final: true });
    return whole;
  }

  /** Makes the voice of the first sentence, so that it is there when it is said. */
  prepare([first]: readonly Sentence[], manner: Manner = {}): void {
    const { gain: _, ...changes } = manner;
    if (first) this.#queue.prepare(first, { ...this.#options(), ...changes });
  }

  /** Silent, or turned down, at once, until `release` or `interrupt`; hushed it goes on without being heard. */
  hold(how: 'silent' | 'hushed' | 'ducked'): void {
    if (how === 'silent') this.#queue.pause();
    else this.#player.setGain(how === 'hushed' ? 0 : this.#gain * DUCKED);
  }

  /** Goes on where `hold` stopped it. */
  release(): void {
    this.#player.setGain(this.#gain);
    this.#queue.resume();
  }

  /** The sentences of a reply that were heard to their end; null when it is not being said. */
  heardOf(id: string): string | null {
    const saying = this.#sayings.get(id);
    if (!saying) return null;
    return saying.sentences
      .filter(({ heardAtMs }) => heardAtMs !== null)
      .map(({ text }) => text)
      .join(' ');
  }

  /** What the caller hears now; null when nothing sounds. */
  sounding(): Sounding | null {
    return this.#queue.sounding();
  }

  /** Silence at once. What of the running reply was heard; null when nothing was being said. */
  interrupt(): { heardText: string } | null {
    if (!this.busy) return null;
    const { heardText: lately } = this.#queue.interrupt();
    this.#asides.clear();
    const [first, ...others] = this.#sayings.values();
    const heardText = [...(first?.heardBefore ?? []), lately].filter(Boolean).join(' ');
    if (first) this.#captionCut(first, heardText);
    for (const saying of others) this.#captionCut(saying, '');
    const said = this.#sayings.size > 0;
    this.#letGo();
    this.#setActive(false);
    return said ? { heardText } : null;
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
    this.#queue.close();
    this.removeAllListeners();
  }

  /** Speaks what is left of a reply; once more when the line broke in it. `true`: to its end. */
  async #speak(saying: Saying): Promise<boolean> {
    const going = () => this.#sayings.get(saying.id) === saying;
    const left = () => saying.sentences.filter(({ heardAtMs }) => heardAtMs === null);
    do {
      if (this.#cutOff && !this.#writes) {
        await new Promise<void>((resolve) => {
          saying.go = resolve;
        });
      }
      if (!going()) return false;
      if (this.#writes) return this.#written(saying);
      await this.#queue.say(left(), saying.options);
    } while (going() && left().length > 0);
    if (!going()) return false;
    this.#sayings.delete(saying.id);
    this.#caption(saying, true);
    this.#remember(saying);
    return true;
  }

  /** To its end; what the caption held before stays its beginning. */
  #written(saying: Saying): boolean {
    this.#sayings.delete(saying.id);
    saying.said = saying.sentences.map(({ text }) => text);
    this.#caption(saying, true);
    return true;
  }

  /** Ends the waiting for a caller who is cut off. */
  #goOn(): void {
    for (const { go } of this.#sayings.values()) go();
  }

  /** Nothing of what is being said will be said. */
  #letGo(): void {
    const all = [...this.#sayings.values()];
    this.#sayings.clear();
    for (const { go } of all) go();
  }

  #remember(saying: Saying): void {
    const oldestMs = this.#nowMs() - REMEMBERED_MS;
    saying.captioned = true;
    this.#past = [...this.#past.filter(({ sentences }) => isUnheard(sentences.at(-1), oldestMs)), saying];
  }

  #wire(): void {
    this.#queue.on('first', (timing) => this.emit('first', timing));
    this.#queue.on('sentenceStart', ({ id, text }) => {
      this.#setActive(true);
      this.#setSounds(true);
      this.#told(id, text);
    });
    this.#queue.on('sentenceEnd', ({ id }) => this.#heard(id));
    this.#queue.on('failed', ({ id, text, error }) => {
      this.#told(id, text);
      this.#heard(id);
      const saying = this.#sayingOf(id);
      if (saying?.failed) return;
      if (saying) saying.failed = true;
      this.emit('failed', error);
    });
    this.#queue.on('gap', () => this.#setSounds(false));
    this.#queue.on('idle', () => this.#setActive(false));
  }

  #heard(sentenceId: string): void {
    const sentence = this.#sayingOf(sentenceId)?.sentences.find(({ id }) => id === sentenceId);
    if (sentence) sentence.heardAtMs = this.#nowMs();
  }

  #sayingOf(sentenceId: string): Saying | undefined {
    return this.#sayings.get(sentenceId.slice(0, sentenceId.lastIndexOf('.')));
  }

  #told(sentenceId: string, text: string): void {
    if (this.#asides.has(sentenceId)) this.emit('caption', { id: sentenceId, text, final: false });
    const saying = this.#sayingOf(sentenceId);
    if (!saying) return;
    saying.said.push(text);
    this.#caption(saying, false);
  }

  #caption(saying: Saying, final: boolean): void {
    if (saying.captioned) return;
    this.emit('caption', { id: saying.id, text: saying.said.join(' '), final });
  }

  #captionCut({ id, said, captioned }: Saying, heard: string): void {
    if (captioned || said.length === 0) return;
    this.emit('caption', { id, text: heard || NOTHING_HEARD, final: true, cut: true });
  }

  #setActive(active: boolean): void {
    if (!active) this.#setSounds(false);
    if (this.#active === active) return;
    this.#active = active;
    this.emit('active', active);
  }

  #setSounds(on: boolean): void {
    if (this.#sounds === on) return;
    this.#sounds = on;
    this.emit('sounds', on);
  }
}

/** Whether the caller was cut off before the sentence had ended. */
function isUnheard(sentence: { heardAtMs: number | null } | undefined, lostAtMs: number): boolean {
  return sentence !== undefined && (sentence.heardAtMs === null || sentence.heardAtMs > lostAtMs);
}
