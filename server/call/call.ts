import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type {
  CallStarted,
  CallState,
  EndReason,
  IceServer,
  InputOffer,
  LanguageGuess,
  Speaker,
  Transcript,
} from '../../shared/events.ts';
import { newId } from '../../shared/ids.ts';
import type { OpusCodec } from '../audio/codec.ts';
import { Pacer } from '../audio/pacer.ts';
import { AudioReceiver } from '../audio/receiver.ts';
import { opusVoiceOutput } from '../audio/voiceOutput.ts';
import type { Rehydrated } from '../context/rehydration.ts';
import type { Session } from '../context/session.ts';
import type { CallerTurn, Conversation, Policy, Reply, Sentence } from '../dialog/policy.ts';
import type { CallerLeg } from '../media/callerLeg.ts';
import type { Room } from '../media/room.ts';
import { SpeechQueue } from '../speech/speechQueue.ts';
import type { SttStream } from '../speech/stt.ts';
import type { TtsEngine } from '../speech/tts.ts';
import type { VadEngine } from '../speech/vad.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';
import type { Log } from '../telemetry/log.ts';
import { isBackchannel } from '../turns/backchannel.ts';
import { TurnDetector } from '../turns/turnDetector.ts';
import { Floor } from './floor.ts';
import { type HeardTurn, Hearing } from './hearing.ts';
import { SilenceWatch } from './silence.ts';
import { Speaking } from './speaking.ts';
import { Timeline } from './timeline.ts';
import { TranscriptLog } from './transcript.ts';

/** A call that nobody answers, attends or connects again within these ends. */
const ANSWER_LIMIT_MS = 60_000;
const UNATTENDED_LIMIT_MS = 15_000;
const RECONNECT_LIMIT_MS = 30_000;
const LONGEST_CALL_MS = 60 * 60_000;

export type CallEvents = {
  state: [{ state: CallState; reason?: EndReason }];
  transcript: [Transcript];
  speech: [{ who: Speaker; active: boolean }];
  language: [LanguageGuess];
  offer: [InputOffer | null];
  error: [SegueError];
  /** The last event. */
  ended: [EndReason];
};

/** Everything that audio needs; a call in writing has none. */
export type VoiceParts = {
  room: Room;
  leg: CallerLeg;
  iceServers: IceServer[];
  codec: OpusCodec;
  vad: VadEngine;
  vadFallback: VadEngine;
  stt: SttStream;
  tts: TtsEngine;
  voiceName: string | undefined;
};

export type CallParts = {
  session: Session;
  siteName: string;
  language: string;
  policy: Policy;
  rehydrate: () => Promise<Rehydrated>;
  voice: VoiceParts | null;
  timelines: TimelineStore;
  clock: Clock;
  log: Log;
};

/**
 * One call. Reads in the order of the sound: microphone → SFU → tap → decoder → turns → speech-to-text → dialog →
 * speech queue → text-to-speech → pacer → encoder → SFU → speaker.
 */
export class Call extends Emitter<CallEvents> {
  readonly id = newId('call');
  readonly startedAt: number;
  readonly language: string;
  readonly session: Session;
  /** What the device connects to; null for a call in writing. */
  readonly media: CallerLeg | null;
  readonly #voice: VoiceParts | null;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timeline: Timeline;
  readonly #transcript = new TranscriptLog();
  readonly #conversation: Conversation;
  /** One thing is said after another, whatever brought it about. */
  readonly #floor: Floor;
  readonly #silence: SilenceWatch;
  readonly #greeting: Promise<Reply>;
  readonly #limits = new Map<string, TimerHandle>();
  readonly #close: (() => void)[] = [];
  #turns: TurnDetector | null = null;
  #speaking: Speaking | null = null;
  #state: CallState = 'connecting';
  #endReason: EndReason | null = null;
  #endedMs = 0;
  #attended = false;
  #answered = false;
  #muted = false;
  #callerTalks = false;
  #callerTurnId = newId('turn');
  #contextIsFresh = false;
  #lostMs = 0;
  #callerFinished: (outcome: 'turn' | 'nothing') => void = () => {};

  constructor(parts: CallParts) {
    super();
    this.session = parts.session;
    this.language = parts.language;
    this.media = parts.voice?.leg ?? null;
    this.#voice = parts.voice;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.startedAt = parts.clock.epochMs();
    this.#timeline = new Timeline({
      callId: this.id,
      clock: parts.clock,
      store: parts.timelines,
      onFailure: (error) => this.#log.error({ err: error, callId: this.id }, 'timeline not written'),
    });
    this.#timeline.record('call.start', {
      sessionId: this.session.id,
      site: this.session.siteKey,
      channel: parts.voice ? 'voice' : 'text',
      language: this.language,
    });
    this.#floor = new Floor((error) => this.#failed(error));
    this.#silence = new SilenceWatch(parts.clock, (count) =>
      this.#floor.take(async () => this.#say(await this.#conversation.silence(count))),
    );
    this.#conversation = parts.policy.open({
      siteName: parts.siteName,
      language: parts.language,
      get subject() {
        return parts.session.subject;
      },
      facts: () => parts.session.facts(),
      events: () => parts.session.events(),
    });
    this.#conversation.onWaiting((sentence) => void this.#utter([sentence]));
    this.#close.push(() => this.#conversation.close());
    if (parts.voice) this.#connect(parts.voice);
    this.#greeting = this.#prepareGreeting(parts.rehydrate);
    this.#watchSession();
    this.#limit('answer', ANSWER_LIMIT_MS, 'timeout');
    this.#limit('length', LONGEST_CALL_MS, 'timeout');
  }

  /** The first flow of the design, from the caller's microphone to the caller's speaker. */
  #connect(voice: VoiceParts): void {
    const { room, leg, codec, vad, vadFallback, stt, tts } = voice;

    // Microphone → SFU → RTP tap → Opus decoder: an even stream of frames.
    const decoder = codec.decoder();
    const receiver = new AudioReceiver({ decoder, clock: this.#clock });
    leg.on('packet', (packet) => receiver.push(packet));

    // → turn detector
    const turns = new TurnDetector({ vad, fallback: vadFallback });
    receiver.on('frame', ({ pcm16k }) => turns.push(pcm16k));

    // → speech-to-text
    const hearing = new Hearing({ turns, stt, nowMs: () => this.#clock.nowMs() });
    hearing.on('speech', ({ active, sinceMs }) => this.#callerSpeech(active, sinceMs));
    hearing.on('partial', (text) => this.#callerSays(text, false));
    hearing.on('turnEnd', ({ waitedMs }) => this.#timeline.record('turn.end', { waitedMs }));
    hearing.on('failed', (error) => this.#failed(error));

    // → dialog
    hearing.on('turn', (turn) => this.#heardTurn(turn));
    hearing.on('nothing', () => this.#callerFinished('nothing'));

    // → speech queue → text-to-speech → pacer → Opus encoder → SFU → speaker
    const encoder = codec.encoder();
    const pacer = new Pacer({ clock: this.#clock, output: opusVoiceOutput(encoder, room.voice) });
    const queue = new SpeechQueue({ tts, player: pacer, clock: this.#clock });
    const speaking = new Speaking({ queue, options: () => this.#speakOptions() });
    speaking.on('caption', (caption) => this.#assistantSays(caption));
    speaking.on('first', (timing) => this.#timeline.record('tts.first', timing));
    speaking.on('active', (active) => this.#assistantSpeech(active));
    speaking.on('failed', (error) => this.#failed(error));

    // Talking over the assistant stops it.
    hearing.on('bargeIn', ({ sinceMs }) => this.#interrupt(sinceMs));

    leg.on('disconnected', () => this.#lost());
    leg.on('connected', () => this.#found());
    room.on('closed', () => this.#roomClosed());

    this.#turns = turns;
    this.#speaking = speaking;
    this.#close.push(
      () => hearing.close(),
      () => receiver.close(),
      () => speaking.close(),
      () => pacer.close(),
      () => decoder.close(),
      () => encoder.close(),
      () => room.close(),
    );
  }

  get started(): CallStarted {
    const voice = this.#voice;
    return {
      callId: this.id,
      language: this.language,
      media: voice && {
        routerRtpCapabilities: voice.room.rtpCapabilities,
        send: voice.leg.send,
        recv: voice.leg.recv,
        iceServers: voice.iceServers,
      },
    };
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
    return this.#attended;
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
    this.#unlimit('answer');
    this.#timeline.record('call.answered');
    this.#setState('live');
    this.emit('language', { language: this.language, confidence: 1, source: 'server' });
    this.#floor.take(async () => this.#say(await this.#greeting));
  }

  /** A device listens (again). */
  attend(): void {
    this.#attended = true;
    this.#unlimit('unattended');
    if (this.#answered) this.emit('state', { state: this.#state });
  }

  /** No device listens; the call waits for one for a while. */
  unattended(): void {
    if (this.ended) return;
    this.#attended = false;
    this.#limit('unattended', UNATTENDED_LIMIT_MS, 'disconnected');
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.#silence.pause();
    else this.#listen();
  }

  /** The caller wrote instead of speaking; answers the id of the transcript's line. */
  hearText(text: string): string {
    this.#timeline.record('caller.text', { text });
    const id = newId('turn');
    this.#interrupt(0);
    this.#put({ id, speaker: 'caller', text, final: true });
    this.#respond({ text, alternatives: [], confidence: 1, channel: 'text' });
    return id;
  }

  end(reason: EndReason): void {
    if (this.ended) return;
    this.#endReason = reason;
    this.#timeline.record('call.end', { reason });
    this.#endedMs = this.#timeline.nowMs();
    for (const timer of this.#limits.values()) timer.cancel();
    this.#silence.pause();
    this.#floor.close();
    this.#callerFinished('nothing');
    for (const close of this.#close.splice(0)) close();
    this.#setState(reason === 'error' ? 'failed' : 'ended', reason);
    void this.#timeline.flush();
    this.emit('ended', reason);
    this.removeAllListeners();
  }

  // The caller.

  #callerSpeech(active: boolean, sinceMs: number): void {
    this.#callerTalks = active;
    if (active) this.#silence.heard();
    else if (!this.#speaking?.busy) this.#listen();
    const type = active ? 'caller.speech.start' : 'caller.speech.end';
    this.#timeline.record(type, {}, this.#timeline.nowMs() - sinceMs);
    this.emit('speech', { who: 'caller', active });
  }

  #callerSays(text: string, final: boolean): void {
    this.#put({ id: this.#callerTurnId, speaker: 'caller', text, final });
    if (final) this.#callerTurnId = newId('turn');
  }

  #heardTurn(turn: HeardTurn): void {
    this.#callerFinished('turn');
    const { text, confidence, sttMs } = turn;
    this.#timeline.record('stt.final', { text, confidence, language: this.language, durationMs: sttMs });
    this.#callerSays(text, true);
    if (this.#speaking?.busy) {
      if (text === '' || isBackchannel(text, this.language)) return;
      this.#interrupt(0);
    }
    this.#respond(turn);
  }

  #interrupt(sinceMs: number): void {
    const cut = this.#speaking?.interrupt();
    if (!cut) return;
    this.#timeline.record('assistant.interrupted', { stopMs: sinceMs });
    this.#conversation.interrupted(cut.heardText);
  }

  // The dialog.

  async #prepareGreeting(rehydrate: () => Promise<Rehydrated>): Promise<Reply> {
    const { durationMs, facts, overview } = await rehydrate();
    this.#timeline.record('context.rehydrated', { durationMs, facts, overview });
    const reply = await this.#conversation.greet();
    this.#warm(reply);
    return reply;
  }

  /** Has the first words made while the device still connects. */
  #warm(reply: Reply): void {
    const first = reply.sentences[0];
    if (!first || !this.#voice) return;
    this.#voice.tts.synthesise(first.speech ?? first.text, this.#speakOptions()).catch(() => {});
  }

  #watchSession(): void {
    this.#close.push(
      this.session.on('changed', ({ facts, event }) => {
        this.#timeline.record('context.updated', { facts, ...(event === undefined ? {} : { event }) });
        if (!this.#answered) return;
        this.#contextIsFresh = true;
        this.#tellContext();
      }),
    );
  }

  /** Lets the dialog react to what changed on the page, when nobody speaks. */
  #tellContext(): void {
    if (!this.#contextIsFresh || this.#callerTalks || this.#speaking?.busy) return;
    this.#contextIsFresh = false;
    this.#floor.take(async () => {
      const reply = await this.#conversation.contextChanged();
      if (reply) await this.#say(reply);
    });
  }

  #respond(turn: CallerTurn): void {
    this.#contextIsFresh = false;
    this.#silence.heard();
    this.#floor.take(async () => {
      const startedMs = this.#clock.nowMs();
      const reply = await this.#conversation.respond(turn);
      const durationMs = this.#clock.nowMs() - startedMs;
      this.#timeline.record('policy.reply', { intent: reply.intent, durationMs });
      await this.#say(reply);
    });
  }

  async #say(reply: Reply): Promise<void> {
    if (this.ended) return;
    this.#turns?.expect(reply.expects);
    this.emit('offer', reply.offer);
    if (this.#callerTalks && (await this.#callerFinishes()) === 'turn') {
      // The caller went on after all: what was prepared stays unsaid.
      this.#conversation.interrupted('');
      return;
    }
    if (!(await this.#utter(reply.sentences, reply.rate))) return;
    if (reply.then === 'hangUp') this.end('assistant');
    else if (reply.then === 'handoff') this.#handOff(reply);
    else this.#listen();
  }

  /** Speaks, or writes in a call in writing; false when the caller cut it off. */
  async #utter(sentences: readonly Sentence[], rate?: number): Promise<boolean> {
    const id = newId('turn');
    if (this.#speaking) return await this.#speaking.say(id, sentences, rate);
    this.#assistantSays({ id, text: sentences.map(({ text }) => text).join(' '), final: true });
    return true;
  }

  /** What the caller's present sound turns out to be: a turn, or nothing. */
  #callerFinishes(): Promise<'turn' | 'nothing'> {
    return new Promise((resolve) => {
      this.#callerFinished = resolve;
    });
  }

  #handOff(reply: Reply): void {
    this.#timeline.record('handoff.requested', { reason: reply.handoff?.reason ?? 'asked' });
    this.end('handoff');
  }

  // The assistant.

  #speakOptions(): { language: string; voice?: string } {
    const voice = this.#voice?.voiceName;
    return { language: this.language, ...(voice === undefined ? {} : { voice }) };
  }

  #assistantSays(caption: { id: string; text: string; final: boolean }): void {
    this.#put({ ...caption, speaker: 'assistant' });
  }

  #assistantSpeech(active: boolean): void {
    this.#turns?.assistantSpeaking(active);
    this.#timeline.record(active ? 'assistant.audio.start' : 'assistant.audio.end');
    this.emit('speech', { who: 'assistant', active });
    if (active) this.#silence.pause();
    else this.#tellContext();
  }

  #listen(): void {
    if (this.ended || !this.#answered || this.#muted || !this.#speaking) return;
    this.#silence.wait();
  }

  #put(line: Pick<Transcript, 'id' | 'speaker' | 'text' | 'final'>): void {
    const transcript = { ...line, language: this.language, atMs: Math.round(this.#timeline.nowMs()) };
    this.#transcript.put(transcript);
    this.emit('transcript', transcript);
  }

  // The connection.

  #lost(): void {
    if (this.ended || !this.#answered) return;
    this.#lostMs = this.#clock.nowMs();
    this.#setState('reconnecting');
    this.#limit('reconnect', RECONNECT_LIMIT_MS, 'disconnected');
  }

  #found(): void {
    if (this.#state !== 'reconnecting') return;
    this.#unlimit('reconnect');
    this.#timeline.record('call.reconnected', { gapMs: this.#clock.nowMs() - this.#lostMs });
    this.#setState('live');
  }

  #roomClosed(): void {
    if (this.ended) return;
    this.#failed(new SegueError('MEDIA_TRANSPORT_FAILED'));
    this.end('error');
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

  #limit(name: string, delayMs: number, reason: EndReason): void {
    this.#unlimit(name);
    this.#limits.set(
      name,
      this.#clock.after(delayMs, () => this.end(reason)),
    );
  }

  #unlimit(name: string): void {
    this.#limits.get(name)?.cancel();
    this.#limits.delete(name);
  }
}
