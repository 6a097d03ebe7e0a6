import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { CallerTurn } from '../dialog/policy.ts';
import type { Recognition, Spotted, SttStream } from '../speech/stt.ts';
import type { Reception } from '../turns/lineQuality.ts';
import type { TurnDetector } from '../turns/turnDetector.ts';

/** Speech shorter than this with no words in it is a cough or a click, not an utterance. */
const SHORTEST_UTTERANCE_MS = 500;

/** Between the recogniser's readings of a turn, the first few are worth understanding. */
const MAX_ALTERNATIVES = 8;

export type HeardTurn = CallerTurn & {
  /** Time from the end of the turn until its text was there. */
  sttMs: number;
  /** Its segments' readings as short phrases; null where the recogniser does not tell. */
  spotted: Spotted[][] | null;
};

export type HearingEvents = {
  /** The caller begins or ends to speak; `sinceMs`: how long ago that was, in media time. */
  speech: [{ active: boolean; sinceMs: number }];
  /** How an utterance was heard; before the end of its speech. */
  received: [Reception];
  /** The turn's text so far. */
  partial: [text: string];
  /** The turn's text when all that was said so far is recognised. */
  settled: [{ text: string; alternatives: string[]; spotted: Spotted[][] | null }];
  /** The caller has probably finished with this turn; they may go on all the same. */
  likely: [turn: CallerTurn];
  /** The caller has finished; the text follows in `turn`. `waitedMs`: since the caller's last sound. */
  turnEnd: [{ waitedMs: number }];
  /** What sounded like speech was none. */
  nothing: [];
  /** Somebody behind the caller has spoken over the assistant. */
  aside: [];
  /** A turn is over and recognised; its text is empty when there was speech without words. */
  turn: [turn: HeardTurn];
  bargeIn: [{ sinceMs: number }];
  /** Perhaps the caller begins to speak over the assistant. */
  bargeInMaybe: [];
  /** It was no speech. */
  bargeInOver: [];
  failed: [error: SegueError];
  /** The call goes on with lesser ears: for the operator, not for the visitor. */
  degraded: [error: SegueError];
};

/** The caller's turns: pieces of speech recognised while the caller talks, joined when the turn is over. */
export class Hearing extends Emitter<HearingEvents> {
  readonly #turns: TurnDetector;
  readonly #stt: SttStream;
  readonly #now: () => number;
  #segments: Promise<Recognition>[] = [];
  #settledText = '';
  #partialText = '';
  #spotted: Spotted[][] | null = [];
  #spokenMs = 0;
  #speechStartedMs = 0;
  /** Whether samples were written that no flush has covered. */
  #unsettled = false;
  #closed = false;

  constructor(parts: { turns: TurnDetector; stt: SttStream; nowMs: () => number }) {
    super();
    this.#turns = parts.turns;
    this.#stt = parts.stt;
    this.#now = parts.nowMs;
    this.#wire();
  }

  /** Speech over the assistant is a matter of its own, for the turns and for the recogniser. */
  assistantSpeaks(speaks: boolean): void {
    this.#turns.assistantSpeaking(speaks);
    this.#stt.spotting?.(speaks);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#turns.close();
    this.#stt.close();
    this.removeAllListeners();
  }

  #wire(): void {
    this.#turns.on('audio', (pcm16k) => {
      this.#unsettled = true;
      this.#stt.write(pcm16k);
    });
    this.#stt.onPartial((text) => {
      this.#partialText = text;
      this.#tellText();
      if (text !== '' && !this.#turns.aside) this.emit('partial', this.#text());
    });
    this.#turns.on('speechStart', ({ atMs, nowMs }) => {
      this.#speechStartedMs = atMs;
      this.emit('speech', { active: true, sinceMs: nowMs - atMs });
    });
    this.#turns.on('received', (reception) => this.emit('received', reception));
    this.#turns.on('speechEnd', ({ atMs, nowMs }) => {
      this.#spokenMs += Math.max(0, atMs - this.#speechStartedMs);
      this.emit('speech', { active: false, sinceMs: nowMs - atMs });
    });
    this.#turns.on('pause', () => this.#settle());
    this.#turns.on('turnEnd', ({ waitedMs, aside }) => {
      this.emit('turnEnd', { waitedMs });
      void this.#finish(aside);
    });
    this.#turns.on('bargeIn', ({ atMs, nowMs }) => this.emit('bargeIn', { sinceMs: nowMs - atMs }));
    this.#turns.on('bargeInMaybe', () => this.emit('bargeInMaybe'));
    this.#turns.on('bargeInOver', () => this.emit('bargeInOver'));
    this.#turns.on('degraded', (error) => this.emit('degraded', error));
  }

  /** Has what was said so far recognised for good, so that the text is there before the turn is decided. */
  #settle(): void {
    if (!this.#unsettled) return;
    this.#unsettled = false;
    const segment = this.#stt.flush();
    this.#segments.push(segment);
    const segments = this.#segments;
    segment.then(
      ({ text, alternatives, spotted }) => {
        if (this.#segments !== segments) return;
        const before = this.#settledText;
        this.#settledText = `${this.#settledText} ${text}`.trim();
        this.#partialText = '';
        this.#spotted = this.#spotted && spotted ? [...this.#spotted, spotted] : null;
        this.#tellText();
        if (this.#closed) return;
        const others = alternatives.map((other) => `${before} ${other}`.trim());
        this.emit('settled', { text: this.#text(), alternatives: others, spotted: this.#spotted });
        this.#tellLikely(segments).catch(() => {});
      },
      () => {},
    );
  }

  /** In a pause after which the turn is probably over: the turn as it would be handed on. */
  async #tellLikely(segments: readonly Promise<Recognition>[]): Promise<void> {
    if (!this.#turns.likelyOver || this.#turns.aside) return;
    const { text, alternatives, confidence } = join(await Promise.all(segments));
    if (this.#segments !== segments || this.#closed || !this.#turns.likelyOver || text === '') return;
    this.emit('likely', { text, alternatives, confidence, channel: 'voice' });
  }

  async #finish(aside: boolean): Promise<void> {
    const endedMs = this.#now();
    this.#settle();
    const segments = this.#segments;
    const spokenMs = this.#spokenMs;
    this.#reset();
    let all: Recognition[];
    try {
      all = await Promise.all(segments);
    } catch (error) {
      if (this.#closed) return;
      this.emit('nothing');
      this.emit('failed', SegueError.from(error));
      return;
    }
    if (this.#closed) return;
    if (aside) {
      this.emit('aside');
      return;
    }
    const heard = join(all);
    if (heard.text === '' && spokenMs < SHORTEST_UTTERANCE_MS) {
      this.emit('nothing');
      return;
    }
    const { text, alternatives, confidence } = heard;
    const sttMs = this.#now() - endedMs;
    const spotted = all.every((segment) => segment.spotted) ? all.map((one) => one.spotted ?? []) : null;
    this.emit('turn', { text, alternatives, spotted, confidence, channel: 'voice', sttMs });
  }

  #reset(): void {
    this.#segments = [];
    this.#settledText = '';
    this.#partialText = '';
    this.#spotted = [];
    this.#spokenMs = 0;
  }

  #text(): string {
    return `${this.#settledText} ${this.#partialText}`.trim();
  }

  #tellText(): void {
    this.#turns.heard(this.#text());
  }
}

/** Segments of one turn as one reading; confidence weighted by the number of words. */
function join(segments: readonly Recognition[]): Recognition {
  const spoken = segments.filter(({ text }) => text !== '');
  if (spoken.length === 1 && spoken[0]) return spoken[0];
  const words = spoken.flatMap((segment) => segment.words);
  const text = spoken.map((segment) => segment.text).join(' ');
  const count = (segment: Recognition): number => segment.text.split(' ').length;
  const total = spoken.reduce((sum, segment) => sum + count(segment), 0);
  const confidence =
    spoken.reduce((sum, segment) => sum + segment.confidence * count(segment), 0) / (total || 1);
  const alternatives = spoken.flatMap((segment, at) =>
    segment.alternatives.map((other) =>
      spoken.map((part, index) => (index === at ? other : part.text)).join(' '),
    ),
  );
  return { text, words, confidence, alternatives: alternatives.slice(0, MAX_ALTERNATIVES) };
}
