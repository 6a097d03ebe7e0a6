import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { SpeechHint } from '../../shared/events.ts';
import { newId } from '../../shared/ids.ts';
import type { SpeechKey } from '../../shared/strings/speech/keys.ts';
import { speechPhrases } from '../../shared/strings/speech/speech.ts';
import type { CallerTurn, Conversation, Reply, Sentence } from '../dialog/policy.ts';
import { isBackchannel } from '../turns/backchannel.ts';
import type { Expectation } from '../turns/expectation.ts';
import type { Reception } from '../turns/lineQuality.ts';
import { CallerUtterance } from './callerUtterance.ts';
import type { Standing } from './checkpoint.ts';
import { answerId, Course } from './course.ts';
import { CutOff } from './cutOff.ts';
import { dialogAnswer } from './dialogTime.ts';
import { EarlyWork } from './earlyWork.ts';
import type { ExchangeEvents, ExchangeParts, Line, Senses } from './exchangeParts.ts';
import { Floor } from './floor.ts';
import type { HeardTurn } from './hearing.ts';
import { HintNotes, type HintPath } from './hintNotes.ts';
import { NoiseWatch } from './noiseWatch.ts';
import { NOT_YET, OverlapWatch } from './overlapWatch.ts';
import { readyText } from './readySpeech.ts';
import { SilenceWatch } from './silence.ts';
import { type Manner, mannerOf, type Speaking } from './speaking.ts';
import { type Ready, Stopgap } from './stopgap.ts';
import type { Timeline } from './timeline.ts';

/** Who says what, and when: joins what is heard, the dialog and what is spoken. */
export class Exchange extends Emitter<ExchangeEvents> {
  readonly #conversation: Conversation;
  readonly #senses: Senses | null;
  readonly #language: string;
  readonly #timeline: Timeline;
  readonly #clock: Clock;
  /** One thing is said after another, whatever brought it about. */
  readonly #floor = new Floor((error) => {
    this.emit('failed', error);
    this.#clueless();
  });
  readonly #silence: SilenceWatch;
  readonly #overlaps: OverlapWatch | null;
  readonly #noise: NoiseWatch;
  readonly #stopgap: Stopgap | null;
  /** How the caller's last utterance was heard. */
  #reception: Reception | null = null;
  readonly #early: EarlyWork;
  readonly #course = new Course();
  #begun = false;
  #closed = false;
  #muted = false;
  readonly #cutOff: CutOff;
  #callerTalks = false;
  readonly #utterance = new CallerUtterance();
  #contextIsFresh = false;
  readonly hints: HintNotes;
  #expects: Expectation = 'none';

  constructor(parts: ExchangeParts) {
    super();
    this.#conversation = parts.conversation;
    this.#senses = parts.senses;
    this.#language = parts.language;
    this.#timeline = parts.timeline;
    this.#clock = parts.clock;
    this.#cutOff = new CutOff(parts.clock);
    this.hints = new HintNotes(parts.timeline, parts.senses?.turns ?? null);
    this.#course.on('moved', () => this.emit('moved'));
    this.#silence = new SilenceWatch(parts.clock, (count) =>
      this.#floor.take(async () =>
        this.#say(await dialogAnswer(this.#conversation.silence(count), this.#clock)),
      ),
    );
    this.#noise = new NoiseWatch(parts.clock);
    this.#early = new EarlyWork({
      conversation: parts.conversation,
      voice: (reply) => parts.senses?.speaking.prepare(reply.sentences, mannerOf(reply)),
      timeline: parts.timeline,
    });
    this.#conversation.onWaiting((sentence) => void this.#utter([sentence]));
    this.#overlaps = parts.senses && this.#watchOverlaps(parts.senses.speaking);
    if (parts.senses) this.#listenTo(parts.senses);
    this.#stopgap = parts.senses && this.#watchSilences(parts.senses, parts.ready);
  }

  /** The device can hear: say the greeting. */
  begin(greeting: Promise<Reply>, id = newId('turn')): void {
    this.#begun = true;
    this.#floor.take(async () => this.#say(await this.#owed(greeting), id));
  }

  /** Goes on where another process was lost: answers what was heard, else says or asks again what was not. */
  resume({ unanswered, heardText, callerSpeaks }: Standing): void {
    this.#begun = true;
    for (const turn of unanswered) this.#respond(turn, turn.id);
    // What was written stands on the page.
    if (unanswered.length > 0 || !this.#senses || this.#senses.speaking.writes) return;
    const from = { heardText, callerSpoke: callerSpeaks };
    const resumed = () => this.#owed(dialogAnswer(this.#conversation.resume(from), this.#clock));
    this.#floor.take(async () => this.#say(await resumed()));
  }

  /** Who has to say something now. */
  standing(): Standing {
    return this.#course.standing((id) => this.#senses?.speaking.heardOf(id) ?? null);
  }

  /** The caller wrote instead of speaking; `id`: of the line. */
  read(text: string, id: string): void {
    this.#timeline.record('caller.text', { text });
    // Who hears nothing interrupts nobody: first they are told what they have missed.
    if (!this.#cutOff.writesUnaware) this.#interrupt({ stopMs: 0, reason: 'text' });
    this.emit('line', { id, speaker: 'caller', text, final: true, heard: { confidence: 1, typed: true } });
    this.#respond({ text, alternatives: [], confidence: 1, channel: 'text' }, id);
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.#silence.pause();
    else this.#waitForCaller();
  }

  /** What the device believes to hear, by one of two ways: soon, and no more than a reason to listen. */
  hint(hint: SpeechHint, path: HintPath): void {
    if (!this.#begun || !this.hints.note(hint, path)) return;
    if (!this.#muted) this.#overlaps?.hinted(hint.active);
  }

  /** Something on the page has changed: the dialog may react when nobody speaks. */
  contextChanged(): void {
    if (!this.#begun) return;
    this.#early.discard();
    this.#contextIsFresh = true;
    this.#tellContext();
  }

  /** The caller is cut off, since `sinceMs` ago: nothing is said until they are back. */
  lineLost(sinceMs: number): void {
    if (this.#cutOff.now || this.#closed) return;
    this.#cutOff.begin(sinceMs);
    this.#silence.pause();
    this.#overlaps?.cancel();
    this.#stopgap?.cutOff(true);
    this.#senses?.speaking.cutOff(sinceMs);
  }

  /** What they have not heard is said again, and what was lost of theirs is asked for. */
  lineBack(): void {
    if (!this.#cutOff.now || this.#closed) return;
    this.#cutOff.end();
    this.#stopgap?.cutOff(false);
    const busy = this.#senses?.speaking.busy ?? false;
    this.#senses?.speaking.restore();
    if (this.#cutOff.missedWords()) this.#notice('cutOff');
    else if (!busy) this.#waitForCaller();
  }

  /** They stay cut off, and can write: what they are to hear is written, until the line is back. */
  write(): void {
    this.lineLost(0);
    this.#senses?.speaking.write();
    if (this.#cutOff.missedWords()) this.#notice('cutOff');
  }

  close(): void {
    if (this.#closed) return;
    // What was being said ends here, and as far as it was heard.
    this.#senses?.speaking.interrupt();
    this.#closed = true;
    this.#silence.pause();
    this.#overlaps?.close();
    this.#stopgap?.close();
    this.#early.discard();
    this.#floor.close();
    this.#utterance.finished('nothing');
    this.#conversation.close();
    this.removeAllListeners();
  }

  #listenTo({ hearing, speaking }: Senses): void {
    hearing.on('speech', ({ active, sinceMs }) => this.#callerSpeech(active, sinceMs));
    hearing.on('received', (reception) => {
      this.#reception = reception;
      this.#noise.utterance(reception);
    });
    hearing.on('partial', (text) => {
      this.#overlaps?.heard(text, null);
      if (!this.#overlaps?.open) this.#callerSays(text, false);
    });
    hearing.on('settled', ({ text, ...recognised }) => this.#overlaps?.heard(text, recognised));
    hearing.on('likely', (turn) => {
      if (!speaking.busy && !this.#overlaps?.open) this.#early.begin(turn);
    });
    hearing.on('turnEnd', ({ waitedMs }) => this.#timeline.record('turn.end', { waitedMs }));
    hearing.on('turn', (turn) => this.#heard(turn));
    const meantNothing = () => {
      this.#overlaps?.conclude('', NOT_YET, speaking.busy);
      this.#course.callerSpeaks(false);
      this.#utterance.finished('nothing');
    };
    hearing.on('aside', meantNothing);
    hearing.on('nothing', () => {
      meantNothing();
      if (this.#noise.wordless()) this.#tellNoise();
    });
    hearing.on('bargeIn', ({ sinceMs }) => this.#overlaps?.begin(sinceMs));
    hearing.on('bargeInMaybe', () => this.#overlaps?.suspect());
    hearing.on('bargeInOver', () => this.#overlaps?.over());
    hearing.on('failed', (error) => this.emit('failed', error));
    hearing.on('degraded', ({ code, detail = '' }) =>
      this.#timeline.record(`error.${code}`, { part: 'vad', detail }),
    );

    speaking.on('caption', (caption) => this.emit('line', { ...caption, speaker: 'assistant' }));
    speaking.on('first', (timing) => this.#timeline.record('tts.first', timing));
    speaking.on('failed', (error) => this.emit('failed', error));
    speaking.on('active', (active) => {
      hearing.assistantSpeaks(active);
      this.#timeline.record(active ? 'assistant.audio.start' : 'assistant.audio.end');
      this.emit('speech', { who: 'assistant', active });
      if (active) this.#silence.pause();
      else this.#tellContext();
    });
  }

  #watchOverlaps(speaking: Speaking): OverlapWatch {
    const watch = new OverlapWatch({
      clock: this.#clock,
      speaking,
      language: this.#language,
      expectation: () => this.#expects,
    });
    watch.on('interrupt', (why) => this.#interrupt(why));
    watch.on('drop', (why) => this.#timeline.record('assistant.resumed', why));
    return watch;
  }

  #callerSpeech(active: boolean, sinceMs: number): void {
    this.#callerTalks = active;
    this.#cutOff.callerTalks(active, sinceMs);
    this.#overlaps?.speech(active, sinceMs);
    if (active) {
      this.#course.callerSpeaks(true);
      this.#reception = null;
      this.#early.discard();
      this.#silence.heard();
    } else if (!this.#senses?.speaking.busy) this.#waitForCaller();
    const type = active ? 'caller.speech.start' : 'caller.speech.end';
    this.#timeline.record(type, active ? {} : { ...this.#reception }, this.#timeline.nowMs() - sinceMs);
    this.emit('speech', { who: 'caller', active });
  }

  #callerSays(text: string, final: boolean, heard?: Line['heard']): void {
    this.emit('line', this.#utterance.line(text, final, heard));
  }

  #heard(turn: HeardTurn): void {
    const { text, confidence, sttMs } = turn;
    this.#timeline.record('stt.final', {
      text,
      confidence,
      language: this.#language,
      durationMs: sttMs,
      backchannel: isBackchannel(text, this.#language),
    });
    const meant = this.#overlaps?.conclude(text, turn, this.#senses?.speaking.busy ?? false) ?? true;
    const noisy = text === '' ? this.#noise.wordless() : this.#noise.words();
    this.#utterance.finished(meant ? 'turn' : 'nothing');
    const id = this.#utterance.id;
    // A noisy line is told in place of asking again, and before an answer.
    const answers = meant && (text !== '' || !noisy);
    if (meant || this.#utterance.shown) {
      this.#callerSays(text, true, answers ? { confidence, typed: false } : undefined);
    }
    if (answers) this.#interrupt({ stopMs: 0, reason: 'words' });
    if (noisy) this.#tellNoise();
    if (answers) this.#respond(turn, id);
    this.#course.callerSpeaks(false);
  }

  /** What stops the assistant; nothing when it is silent. */
  #interrupt(why: { stopMs: number; reason: string; decidedMs?: number }): void {
    this.#overlaps?.cancel();
    const cut = this.#senses?.speaking.interrupt();
    if (!cut) return;
    this.#timeline.record('assistant.interrupted', why);
    this.#conversation.interrupted(cut.heardText);
  }

  #respond(turn: CallerTurn, id: string): void {
    this.#contextIsFresh = false;
    this.#silence.heard();
    const answered = this.#course.heard(id, turn);
    void this.#owed(this.#floor.free);
    this.#floor.take(async () => {
      const startedMs = this.#clock.nowMs();
      const reply = await this.#owed(this.#answerTo(turn, answered));
      this.#stopgap?.answered();
      const durationMs = this.#clock.nowMs() - startedMs;
      this.#timeline.record('policy.reply', { intent: reply.intent, durationMs });
      this.emit('answered', turn, reply.intent !== null);
      await this.#say(reply, answerId(id));
    });
  }

  /** Rejects when there is none within the limit. */
  async #answerTo(turn: CallerTurn, answered: (replied: boolean) => void): Promise<Reply> {
    const work = async () => (await this.#early.take(turn)) ?? (await this.#conversation.respond(turn));
    const reply = dialogAnswer(work(), this.#clock, () => this.#conversation.interrupted(''));
    // In the moment in which the conversation has moved on: no other process must answer it again.
    void reply.then(() => answered(true)).catch(() => answered(false));
    return await reply;
  }

  /** Something is said in place of it while it takes too long. */
  async #owed<Value>(work: Promise<Value>): Promise<Value> {
    return this.#stopgap ? await this.#stopgap.until(work) : await work;
  }

  #watchSilences({ hearing, speaking }: Senses, ready: Ready | undefined): Stopgap {
    const stopgap = new Stopgap({
      clock: this.#clock,
      timeline: this.#timeline,
      language: this.#language,
      hearing,
      speaking,
      ready,
      ways: () => this.#conversation.ways?.() ?? ['text'],
    });
    stopgap.on('offer', (offer) => this.emit('offer', offer));
    stopgap.on('said', () => speaking.busy || this.#waitForCaller());
    return stopgap;
  }

  /** The dialog has failed: the caller is told, aloud or in writing. */
  #clueless(): void {
    if (this.#stopgap) this.#stopgap.clueless();
    else if (!this.#closed) void this.#utter([{ text: readyText('ourFault', this.#language) }]);
  }

  #tellContext(): void {
    if (!this.#contextIsFresh || this.#callerTalks || this.#senses?.speaking.busy) return;
    this.#contextIsFresh = false;
    this.#floor.take(async () => {
      const reply = await dialogAnswer(this.#conversation.contextChanged(), this.#clock);
      if (reply) await this.#say(reply);
    });
  }

  #tellNoise(): void {
    this.#timeline.record('line.noisy', { snrDb: this.#reception?.snrDb ?? null });
    this.#notice('noisyLine');
  }

  #notice(key: SpeechKey): void {
    const [text = ''] = speechPhrases(this.#language)[key];
    this.#floor.take(async () => {
      if (await this.#utter([{ text }])) this.#waitForCaller();
    });
  }

  async #say(reply: Reply, id = newId('turn')): Promise<void> {
    if (this.#closed) return;
    this.#course.says('');
    const outcome = this.#callerTalks ? await this.#utterance.outcome() : 'nothing';
    if (this.#closed) return;
    if (outcome === 'turn') {
      // The caller went on after all: what was prepared stays unsaid.
      this.#course.says(null);
      this.#conversation.interrupted('');
      return;
    }
    this.#expects = reply.expects;
    this.#senses?.turns.expect(reply.expects);
    this.emit('offer', reply.offer);
    this.#course.says(id);
    const said = await this.#utter(reply.sentences, mannerOf(reply), id);
    this.#course.says(null);
    if (!said) return;
    if (reply.next === 'hangUp') this.emit('over', 'assistant');
    else if (reply.next === 'handoff') {
      this.#timeline.record('handoff.requested', { reason: reply.handoff?.reason ?? 'asked' });
      this.emit('over', 'handoff');
    } else this.#waitForCaller();
  }

  /** Speaks, or writes in a call in writing; false when the caller cut it off. */
  async #utter(sentences: readonly Sentence[], manner?: Manner, id = newId('turn')): Promise<boolean> {
    if (this.#senses) return await this.#owed(this.#senses.speaking.say(id, sentences, manner));
    const text = sentences.map((sentence) => sentence.text).join(' ');
    this.emit('line', { id, speaker: 'assistant', text, final: true });
    return true;
  }

  #waitForCaller(): void {
    const waits = this.#begun && !this.#closed && !this.#muted && !this.#cutOff.now;
    if (waits && this.#senses) this.#silence.wait();
  }
}
