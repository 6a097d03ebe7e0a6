import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { SegueError } from '../../shared/errors.ts';
import type {
  CallAttached,
  CallStarted,
  CallState,
  DeviceReport,
  EndReason,
  LanguageGuess,
  LanguageHint,
  MediaParameters,
  SpeechHint,
  Transcript,
} from '../../shared/events.ts';
import { newId } from '../../shared/ids.ts';
import { Pacer } from '../audio/pacer.ts';
import { AudioReceiver } from '../audio/receiver.ts';
import { opusVoiceOutput } from '../audio/voiceOutput.ts';
import type { Rehydrated } from '../context/rehydration.ts';
import type { Session } from '../context/session.ts';
import type { Contact } from '../context/thread/contact.ts';
import type { Conversation, Reply } from '../dialog/policy.ts';
import { SpeechQueue } from '../speech/speechQueue.ts';
import type { Log } from '../telemetry/log.ts';
import { TurnDetector } from '../turns/turnDetector.ts';
import type { CallEvents, CallParts, VoiceParts } from './callParts.ts';
import { Deadlines } from './deadlines.ts';
import { Exchange } from './exchange.ts';
import type { Line, Senses } from './exchangeParts.ts';
import { Hearing } from './hearing.ts';
import type { HintPath } from './hintNotes.ts';
import { LanguageEars } from './languageEars.ts';
import { LanguageWatch } from './languageWatch.ts';
import { Speaking } from './speaking.ts';
import { Timeline } from './timeline.ts';
import { TranscriptLog } from './transcript.ts';
import type { VoiceLine } from './voiceLine.ts';

/** A call that nobody answers, attends or connects again within these ends. */
const ANSWER_LIMIT_MS = 60_000;
/** A tunnel, a lift, another network: two minutes without a line are not the end of a call. */
const UNATTENDED_LIMIT_MS = 150_000;
const RECONNECT_LIMIT_MS = 150_000;
const LONGEST_CALL_MS = 60 * 60_000;
/** By something that comes all the time a device tells a silent assistant from a dead line. */
const PULSE_MS = 400;
/** One a microphone; nobody changes it more often in a call. */
const MOST_DEVICE_REPORTS = 50;

/** Who listens to a call's events for a device. */
export type Attendant = {
  /** What the device calls its line, so that it is known again; null where it does not say. */
  readonly line: string | null;
  /** Another device, or another page, has taken the call. */
  taken(): void;
};

/**
 * One call. `#connect` reads in the order of the sound: microphone → SFU → tap → decoder → turns → speech-to-text →
 * dialog → speech queue → text-to-speech → pacer → encoder → SFU → speaker.
 */
export class Call extends Emitter<CallEvents> {
  readonly id = newId('call');
  readonly startedAt: number;
  readonly language: string;
  readonly session: Session;
  readonly sttBehindMs = (): number => this.#voice?.stt.behindMs ?? 0;
  readonly #voice: VoiceParts | null;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timeline: Timeline;
  readonly #transcript: TranscriptLog;
  /** What joins this call with the person's other contacts. */
  readonly #contact: Contact | null;
  readonly #exchange: Exchange;
  readonly #greeting: Promise<Reply>;
  readonly #deadlines: Deadlines;
  readonly #language: LanguageWatch;
  #languageEars: LanguageEars | null = null;
  /** What is closed with the call, in this order. */
  readonly #children: { close(): void }[] = [];
  #state: CallState = 'connecting';
  #endReason: EndReason | null = null;
  #endedMs = 0;
  #attendant: Attendant | null = null;
  #answered = false;
  #deviceReports = 0;

  constructor(parts: CallParts) {
    super();
    this.session = parts.session;
    this.language = parts.language;
    this.#voice = parts.voice;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.startedAt = parts.clock.epochMs();
    this.#timeline = new Timeline({
      callId: this.id,
      clock: parts.clock,
      store: parts.timelines,
      observe: parts.observe,
      onFailure: (error) => this.#log.error({ err: error, callId: this.id }, 'timeline not written'),
    });
    this.#timeline.record('call.start', {
      sessionId: this.session.id,
      site: this.session.siteKey,
      channel: parts.voice ? 'voice' : 'text',
      language: this.language,
    });
    this.#contact = parts.contact?.(this.id) ?? null;
    this.#transcript = new TranscriptLog({ language: this.language, contact: this.#contact });
    this.#language = new LanguageWatch(this.language);
    this.#language.on('heard', (guess) => this.#languageHeard(guess));
    this.#deadlines = new Deadlines(parts.clock, (reason) => this.end(reason));
    const conversation = this.#converse(parts);
    this.#exchange = new Exchange({
      conversation,
      senses: parts.voice ? this.#connect(parts.voice) : null,
      language: this.language,
      timeline: this.#timeline,
      clock: parts.clock,
      ready: parts.voice?.ready,
    });
    this.#children.unshift(this.#deadlines, this.#exchange);
    this.#listenToExchange();
    this.#watchSession();
    this.#greeting = this.#prepareGreeting(conversation, parts.rehydrate);
    this.#deadlines.set('answer', ANSWER_LIMIT_MS, 'timeout');
    this.#deadlines.set('length', LONGEST_CALL_MS, 'timeout');
  }

  /** The first flow of the design: the caller's microphone to the caller's speaker. */
  #connect(voice: VoiceParts): Senses {
    const { line, codec, vad, vadFallback, stt, tts } = voice;

    // Microphone → SFU → RTP tap → Opus decoder: an even stream of frames.
    const decoder = codec.decoder();
    const receiver = new AudioReceiver({ decoder, clock: this.#clock });
    line.on('packet', (packet) => receiver.push(packet));

    // → turn detector
    const turns = new TurnDetector({ vad, fallback: vadFallback, language: this.language });
    receiver.on('frame', ({ pcm16k }) => turns.push(pcm16k));

    // → the caller's language, when the device does not say it; it copies what the recogniser then owns.
    const { languageId } = voice;
    if (languageId) {
      this.#languageEars = new LanguageEars({ turns, engine: languageId, watch: this.#language });
      this.#children.push(this.#languageEars);
    }

    // → speech-to-text
    const hearing = new Hearing({ turns, stt, nowMs: () => this.#clock.nowMs() });

    // → dialog: the exchange hears from `hearing`, asks the conversation and speaks through `speaking`.

    // → speech queue → text-to-speech → pacer → Opus encoder → SFU → speaker
    const encoder = codec.encoder();
    const pacer = new Pacer({
      clock: this.#clock,
      output: opusVoiceOutput(encoder, line),
      pulseMs: PULSE_MS,
    });
    const queue = new SpeechQueue({ tts, player: pacer, clock: this.#clock });
    const speaking = new Speaking({
      queue,
      player: pacer,
      options: () => speakOptions(this.language, voice),
      nowMs: () => this.#clock.nowMs(),
    });

    line.on('lost', ({ sinceMs }) => this.#lost(sinceMs));
    line.on('back', ({ gapMs }) => this.#found(gapMs));
    line.on('gone', () => this.emit('mediaLost'));
    this.#children.push(receiver, hearing, speaking, pacer, decoder, encoder, line);
    return { turns, hearing, speaking };
  }

  /** The way of the sound; null for a call in writing. */
  get line(): VoiceLine | null {
    return this.#voice?.line ?? null;
  }

  get started(): CallStarted {
    return { callId: this.id, language: this.language, media: this.line?.parameters ?? null };
  }

  /** For a device that comes to the running call. `media`: by voice. Rejects with MEDIA_UNAVAILABLE. */
  async attached(media: boolean): Promise<CallAttached> {
    return {
      callId: this.id,
      language: this.language,
      media: media ? await this.renewMedia() : null,
      state: this.#state,
      lines: this.transcript(),
      atMs: Math.round(this.#timeline.nowMs()),
    };
  }

  /** Other transports for the device; null for a call in writing. Rejects with MEDIA_UNAVAILABLE. */
  async renewMedia(): Promise<MediaParameters | null> {
    return (await this.line?.renew()) ?? null;
  }

  get state(): CallState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#endReason !== null;
  }

  get endReason(): EndReason | null {
    return this.#endReason;
  }

  get durationMs(): number {
    return Math.round(this.ended ? this.#endedMs : this.#timeline.nowMs());
  }

  /** Whether a device listens to this call's events. */
  get attended(): boolean {
    return this.#attendant !== null;
  }

  /** Whether a device that connects goes on by itself: nobody attends, or its own socket of before, which may be dead. */
  isOpenTo(line: string | null): boolean {
    return !this.#attendant || (line !== null && this.#attendant.line === line);
  }

  transcript(): Transcript[] {
    return this.#transcript.lines();
  }

  async flushTimeline(): Promise<void> {
    await this.#timeline.flush();
  }

  /** The device is connected and can hear: greet. Asked twice, it answers once. */
  answer(): void {
    if (this.#answered || this.ended) return;
    this.#answered = true;
    this.#deadlines.clear('answer');
    this.#timeline.record('call.answered');
    this.#setState('live');
    this.#exchange.begin(this.#greeting);
  }

  /** A device listens (again); one that listened before has to go. */
  attend(attendant: Attendant): void {
    const before = this.#attendant;
    this.#attendant = attendant;
    if (before && before !== attendant) before.taken();
    this.#deadlines.clear('unattended');
    if (this.#answered) this.emit('state', { state: this.#state });
  }

  /** It listens no more; without another the call waits for one for a while. */
  unattend(attendant: Attendant): void {
    if (this.ended || this.#attendant !== attendant) return;
    this.#attendant = null;
    this.#deadlines.set('unattended', UNATTENDED_LIMIT_MS, 'disconnected');
  }

  mute(muted: boolean): void {
    this.line?.expect(!muted);
    this.#exchange.mute(muted);
  }

  /** The caller wrote instead of speaking; a line of that id is taken once. Answers the id of the transcript's line. */
  hearText(text: string, id = newId('turn')): string {
    if (!this.#transcript.has(id)) this.#exchange.read(text, id);
    return id;
  }

  /** What the device believes to hear. */
  hint(hint: SpeechHint, path: HintPath): void {
    this.#exchange.hint(hint, path);
  }

  /** What the device takes the caller's language for. */
  hintLanguage(hint: LanguageHint): void {
    this.#languageEars?.close();
    this.#language.device(hint);
  }

  /** How the device captures the caller; echo that it does not cancel explains overlaps that were none. */
  deviceReport(report: DeviceReport): void {
    this.#deviceReports += 1;
    if (this.#deviceReports <= MOST_DEVICE_REPORTS) this.#timeline.record('device.report', report);
  }

  end(reason: EndReason): void {
    if (this.ended) return;
    this.#endReason = reason;
    this.#timeline.record('call.end', { reason });
    this.#endedMs = this.#timeline.nowMs();
    for (const child of this.#children.splice(0)) child.close();
    this.#contact?.end(reason, this.durationMs);
    this.#setState(reason === 'error' ? 'failed' : 'ended', reason);
    void this.#timeline.flush();
    this.emit('ended', reason);
    this.removeAllListeners();
  }

  #converse({ policy, siteName, verifier }: CallParts): Conversation {
    const { session, language } = this;
    return policy.open(
      {
        siteName,
        language,
        verifier,
        get subject() {
          return session.subject;
        },
        facts: () => session.facts(),
        events: () => session.events(),
      },
      this.#contact ?? undefined,
    );
  }

  /** Made while the device still connects, its first words included. */
  async #prepareGreeting(conversation: Conversation, rehydrate: () => Promise<Rehydrated>): Promise<Reply> {
    const { durationMs, facts, overview, sources } = await rehydrate();
    this.#timeline.record('context.rehydrated', { durationMs, facts, overview, sources });
    const reply = await conversation.greet();
    const first = reply.sentences[0];
    const voice = this.#voice;
    if (voice && first) {
      voice.tts.synthesise(first.speech ?? first.text, speakOptions(this.language, voice)).catch(() => {});
    }
    return reply;
  }

  #watchSession(): void {
    const off = this.session.on('changed', ({ facts, event }) => {
      this.#timeline.record('context.updated', { facts, ...(event === undefined ? {} : { event }) });
      this.#exchange.contextChanged();
    });
    this.#children.push({ close: off });
  }

  #listenToExchange(): void {
    this.#exchange.on('line', (line) => this.#put(line));
    this.#exchange.on('speech', (speech) => this.emit('speech', speech));
    this.#exchange.on('offer', (offer) => this.emit('offer', offer));
    this.#exchange.on('answered', ({ text, confidence, channel }, understood) => {
      if (channel === 'text') this.#language.read(text);
      else this.#language.spoken({ text, confidence, understood });
    });
    this.#exchange.on('failed', (error) => this.#failed(error));
    this.#exchange.on('over', (reason) => this.end(reason));
  }

  /** The call goes on in its language; what was heard is a fact for the dialog and for the next call. */
  #languageHeard(guess: LanguageGuess): void {
    if (this.ended) return;
    this.#timeline.record('language.heard', guess);
    this.session.learn('inferred', { 'caller.language': guess.language });
    this.#contact?.spoke(guess.language, 'heard');
    if (guess.source !== 'device') this.emit('language', guess);
  }

  #put(line: Line): void {
    this.emit('transcript', this.#transcript.put(line, Math.round(this.#timeline.nowMs())));
  }

  #lost(sinceMs: number): void {
    if (this.ended || !this.#answered) return;
    this.#timeline.record('line.lost', {}, this.#timeline.nowMs() - sinceMs);
    this.#exchange.lineLost(sinceMs);
    this.#setState('reconnecting');
    this.#deadlines.set('reconnect', RECONNECT_LIMIT_MS, 'disconnected');
  }

  #found(gapMs: number): void {
    if (this.#state !== 'reconnecting') return;
    this.#deadlines.clear('reconnect');
    this.#timeline.record('call.reconnected', { gapMs });
    this.#setState('live');
    this.#exchange.lineBack();
  }

  #failed(error: SegueError): void {
    this.#log.warn({ callId: this.id, code: error.code, err: error.cause }, error.message);
    this.#timeline.record(`error.${error.code}`);
    this.emit('error', error);
  }

  #setState(state: CallState, reason?: EndReason): void {
    this.#state = state;
    this.emit('state', reason === undefined ? { state } : { state, reason });
  }
}

function speakOptions(language: string, { voiceName }: VoiceParts): { language: string; voice?: string } {
  return { language, ...(voiceName === undefined ? {} : { voice: voiceName }) };
}
