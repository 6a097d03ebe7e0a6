import { Emitter } from '../../shared/emitter.ts';
import type { SegueError } from '../../shared/errors.ts';
import type { Player } from '../audio/player.ts';
import type { Reply, Sentence } from '../dialog/policy.ts';
import type { Sounding, SpeakOptions, SpeechQueue } from '../speech/speechQueue.ts';

export type SpeakingEvents = {
  /** What has been said of a reply so far; `final` when it is over, cut at what was heard. */
  caption: [{ id: string; text: string; final: boolean; cut?: boolean }];
  /** From the reply to its first sound at the player. */
  first: [{ durationMs: number }];
  /** The assistant is (not) heard. */
  active: [active: boolean];
  /** A sentence could only be shown. */
  failed: [error: SegueError];
};

/** How a reply is spoken, where it differs from the call's voice. */
export type Manner = Pick<Reply, 'rate' | 'gain' | 'language'>;

/** The caption of a reply of which nothing was heard. */
export const NOTHING_HEARD = '…';

/** Loudness of the assistant beside a caller who may mean to interrupt, −14 dB. */
const DUCKED = 0.2;

type Saying = { id: string; said: string[] };

/** The assistant's mouth: replies become speech and captions that say what was really said, and no more. */
export class Speaking extends Emitter<SpeakingEvents> {
  readonly #queue: SpeechQueue;
  readonly #player: Pick<Player, 'setGain'>;
  readonly #options: () => SpeakOptions;
  /** By id, in the order of speaking; a sentence's id is its reply's with a number behind. */
  readonly #sayings = new Map<string, Saying>();
  #active = false;
  #gain = 1;

  constructor(parts: { queue: SpeechQueue; player: Pick<Player, 'setGain'>; options: () => SpeakOptions }) {
    super();
    this.#queue = parts.queue;
    this.#player = parts.player;
    this.#options = parts.options;
    this.#wire();
  }

  /** True from `say` until silence. */
  get busy(): boolean {
    return this.#queue.speaking;
  }

  /** Speaks a reply; resolves when it was spoken or interrupted. `true`: to its end. */
  async say(id: string, sentences: readonly Sentence[], manner: Manner = {}): Promise<boolean> {
    const { gain = 1, ...changes } = manner;
    this.#gain = gain;
    this.#player.setGain(gain);
    const saying: Saying = { id, said: [] };
    this.#sayings.set(id, saying);
    const utterances = sentences.map((sentence, index) => ({ ...sentence, id: `${id}.${index}` }));
    await this.#queue.say(utterances, { ...this.#options(), ...changes });
    if (this.#sayings.get(id) !== saying) return false;
    this.#sayings.delete(id);
    this.#caption(saying, true);
    return true;
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

  /** What the caller hears now; null when nothing sounds. */
  sounding(): Sounding | null {
    return this.#queue.sounding();
  }

  /** Silence at once. What of the running reply was heard; null when nothing was being said. */
  interrupt(): { heardText: string } | null {
    if (!this.#queue.speaking) return null;
    const { heardText } = this.#queue.interrupt();
    for (const [index, saying] of [...this.#sayings.values()].entries()) {
      const heard = index === 0 ? heardText : '';
      if (saying.said.length > 0)
        this.emit('caption', { id: saying.id, text: heard || NOTHING_HEARD, final: true, cut: true });
    }
    this.#sayings.clear();
    this.#setActive(false);
    return { heardText };
  }

  close(): void {
    this.#queue.close();
    this.removeAllListeners();
  }

  #wire(): void {
    this.#queue.on('first', (timing) => this.emit('first', timing));
    this.#queue.on('sentenceStart', ({ id, text }) => {
      this.#setActive(true);
      this.#told(id, text);
    });
    this.#queue.on('failed', ({ id, text, error }) => {
      this.#told(id, text);
      this.emit('failed', error);
    });
    this.#queue.on('idle', () => this.#setActive(false));
  }

  #told(sentenceId: string, text: string): void {
    const saying = this.#sayings.get(sentenceId.slice(0, sentenceId.lastIndexOf('.')));
    if (!saying) return;
    saying.said.push(text);
    this.#caption(saying, false);
  }

  #caption(saying: Saying, final: boolean): void {
    this.emit('caption', { id: saying.id, text: saying.said.join(' '), final });
  }

  #setActive(active: boolean): void {
    if (this.#active === active) return;
    this.#active = active;
    this.emit('active', active);
  }
}
