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
import type { Session } from '../context/session.ts';
import type { Contact } from '../context/thread/contact.ts';
import type { Conversation, Reply } from '../dialog/policy.ts';
import type { Log } from '../telemetry/log.ts';
import { Attendance } from './attendance.ts';
import { CallerLanguage } from './callerLanguage.ts';
import type { Attendant, CallEvents, CallParts, VoiceParts } from './callParts.ts';
import { type CallSummary, summaryOf } from './callSummary.ts';
import { type CallCheckpoint, NOBODY, NOTHING_YET } from './checkpoint.ts';
import { answerId } from './course.ts';
import { Deadlines, LIMITS_MS } from './deadlines.ts';
import type { DeviceLine } from './deviceLine.ts';
import { Exchange } from './exchange.ts';
import type { Line, Senses } from './exchangeParts.ts';
import type { HintPath } from './hintNotes.ts';
import { openConversation, openTimeline, prepareGreeting, rehydrate } from './opening.ts';
import { Resumption } from './resumption.ts';
import { openSoundPath } from './soundPath.ts';
import type { Timeline } from './timeline.ts';
import { TranscriptLog } from './transcript.ts';
import type { VoiceLine } from './voiceLine.ts';

/** One a microphone; nobody changes it more often in a call. */
const MOST_DEVICE_REPORTS = 50;

/** One call: its line and its sound, who says what, and what is left of it afterwards. */
export class Call extends Emitter<CallEvents> {
  readonly id: string;
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
  readonly #conversation: Conversation;
  readonly #exchange: Exchange;
  /** What it goes on from; null when it begins here. */
  readonly #resumed: Resumption | null;
  readonly #greeting: Promise<Reply> | null;
  readonly #deadlines: Deadlines;
  readonly #language: CallerLanguage;
  /** What is closed with the call, in this order. */
  readonly #children: { close(): void }[] = [];
  #state: CallState;
  #endReason: EndReason | null = null;
  #endedMs = 0;
  readonly #attendance: Attendance;
  /** The device is set up. */
  #answered = false;
  /** It can hear, or reads: what there is to say is said. */
  #begun = false;
  #muted = false;
  /** Sound does not get through. */
  #inWriting = false;
  #departed = false;
  #deviceReports = 0;

  constructor(parts: CallParts) {
    super();
    this.session = parts.session;
    this.language = parts.language;
    this.#voice = parts.voice;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#resumed = parts.resumed ? new Resumption(parts.resumed, parts.clock) : null;
    this.#state = this.#resumed ? 'reconnecting' : 'connecting';
    this.id = this.#resumed?.callId ?? newId('call');
    this.startedAt = this.#resumed?.checkpoint.startedAt ?? parts.clock.epochMs();
    this.#timeline = openTimeline(parts, this.id, this.#resumed?.elapsedMs ?? null);
    this.#contact = parts.contact?.(this.id) ?? null;
    this.#transcript = new TranscriptLog({ language: this.language, contact: this.#contact });
    this.#language = new CallerLanguage(this.language);
    this.#language.on('heard', (guess) => this.#languageHeard(guess));
    this.#deadlines = new Deadlines(parts.clock, (reason) => this.end(reason));
    this.#attendance = new Attendance(this.#deadlines, parts.leaveGraceMs);
    this.#conversation = openConversation(parts, this.#contact);
    this.#exchange = new Exchange({
      conversation: this.#conversation,
      senses: parts.voice ? this.#connect(parts.voice) : null,
      language: this.language,
      timeline: this.#timeline,
      clock: parts.clock,
      ready: parts.voice?.ready,
    });
    this.#children.unshift(this.#deadlines, this.#exchange);
    this.#listenToExchange();
    this.#watchSession();
    this.#greeting = this.#resumed?.wasAnswered
      ? null
      : prepareGreeting(parts, this.#conversation, this.#timeline);
    // Who begins with it is told of its failure.
    this.#greeting?.catch(() => {});
    if (this.#resumed) this.#restore(parts, this.#resumed);
    else this.#deadlines.set('answer', LIMITS_MS.answer, 'timeout');
    this.#deadlines.set('length', LIMITS_MS.length - (this.#resumed?.elapsedMs ?? 0), 'timeout');
  }

  #restore(parts: CallParts, { checkpoint, wasAnswered }: Resumption): void {
    this.#transcript.restore(checkpoint);
    if (checkpoint.muted) this.mute(true);
    if (checkpoint.inWriting) void this.#write();
    this.#deadlines.set('answer', LIMITS_MS.reconnect, 'disconnected');
    if (wasAnswered) void rehydrate(parts, this.#timeline);
  }

  #connect(voice: VoiceParts): Senses {
    const { line } = voice;
    const path = openSoundPath(voice, { language: this.language, clock: this.#clock });
    if (voice.languageId) this.#language.listen(path.senses.turns, voice.languageId);
    line.on('lost', ({ sinceMs }) => this.#lost(sinceMs));
    line.on('back', ({ gapMs }) => this.#found(gapMs));
    line.on('gone', () => this.emit('mediaLost'));
    line.on('audible', () => this.#begin());
    this.#children.push(this.#language, path, line);
    return path.senses;
  }

  /** The way of the sound; null for a call in writing. */
  get line(): VoiceLine | null {
    return this.#voice?.line ?? null;
  }

  /** For the device that has begun it. Rejects with MEDIA_UNAVAILABLE. */
  async started(): Promise<CallStarted> {
    const { id: callId, language, line } = this;
    return { callId, language, media: line?.gone ? await line.renew() : (line?.parameters ?? null) };
  }

  /** For a device that comes to the running call. `media`: by voice. Rejects with MEDIA_UNAVAILABLE. */
  async attached(media: boolean): Promise<CallAttached> {
    return {
      callId: this.id,
      language: this.language,
      media: media ? await this.renewMedia() : null,
      state: this.#state,
      lines: this.transcript(),
      offer: this.#transcript.offer,
      atMs: Math.round(this.#timeline.nowMs()),
    };
  }

  /** Other transports for the device; null for a call in writing. Rejects with MEDIA_UNAVAILABLE. */
  async renewMedia(): Promise<MediaParameters | null> {
    return (await this.line?.renew()) ?? null;
  }

  /** Sound does not get through: the call goes on in writing, until a renewed line is there. */
  async giveUpMedia(): Promise<void> {
    if (!this.line || this.ended) return;
    await this.#write();
    if (this.ended) return;
    this.#timeline.record('line.givenUp');
    this.mute(false);
    this.#deadlines.clear('reconnect');
    if (this.#answered) this.#setState('live');
    this.#moved();
  }

  async #write(): Promise<void> {
    this.#inWriting = true;
    this.#exchange.write();
    if (this.#answered) this.#begin();
    await this.line?.rest();
  }

  get state(): CallState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#endReason !== null || this.#departed;
  }

  get endReason(): EndReason | null {
    return this.#endReason;
  }

  get durationMs(): number {
    return Math.round(this.ended ? this.#endedMs : this.#timeline.nowMs());
  }

  /** Whether a device that connects goes on by itself: nobody attends, or its own socket of before, which may be dead. */
  isOpenTo(line: DeviceLine | null): boolean {
    return this.#attendance.isOpenTo(line);
  }

  transcript(): Transcript[] {
    return this.#transcript.lines();
  }

  summary(): CallSummary {
    return summaryOf(this);
  }

  async flushTimeline(): Promise<void> {
    await this.#timeline.flush();
  }

  /** The device is set up: greet, as soon as it can hear. Asked twice, it answers once. */
  answer(): void {
    if (this.#answered || this.ended) return;
    this.#answered = true;
    this.#deadlines.clear('answer');
    if (this.#greeting) this.#timeline.record('call.answered');
    else this.#timeline.record('call.reconnected', { gapMs: this.#resumed?.gapMs() ?? 0 });
    this.#setState('live');
    // What is sent before a device is connected is lost.
    if (!this.line || this.line.audible || this.#inWriting) this.#begin();
  }

  #begin(): void {
    if (!this.#answered || this.#begun || this.ended) return;
    this.#begun = true;
    const resumed = this.#resumed;
    if (this.#greeting) this.#exchange.begin(this.#greeting, answerId(this.id));
    else if (resumed) this.#exchange.resume(resumed.checkpoint.standing);
    for (const { text, id } of resumed?.written ?? []) this.#exchange.read(text, id);
    this.emit('moved');
  }

  /** What another process needs to go on with the call. */
  checkpoint(): CallCheckpoint {
    const before = this.#resumed?.checkpoint;
    return {
      language: this.language,
      voice: this.#voice !== null,
      inWriting: this.#inWriting,
      startedAt: this.startedAt,
      atMs: Math.round(this.#timeline.nowMs()),
      answered: this.#begun || (before?.answered ?? false),
      muted: this.#muted,
      lines: this.transcript(),
      offer: this.#transcript.offer,
      standing: this.#begun ? this.#exchange.standing() : (this.#resumed?.standing ?? NOBODY),
      conversation: this.#conversation.snapshot(),
      contact: this.#contact?.snapshot() ?? NOTHING_YET,
    };
  }

  /** A device listens (again); one that listened before has to go. */
  attend(attendant: Attendant): void {
    if (this.#attendance.begin(attendant)) this.#exchange.hints.restart();
    if (this.#answered || this.#resumed) this.emit('state', { state: this.#state });
    // In writing there is nothing that has to be connected first.
    if (this.#resumed && (!this.line || this.#inWriting)) this.answer();
  }

  /** It listens no more; without another the call waits for one: not long when the visitor has left the page. */
  unattend(attendant: Attendant, left = false): void {
    if (this.ended) return;
    this.#attendance.end(attendant, { left, begun: this.#answered || this.#resumed !== null });
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    this.line?.expect(!muted);
    this.#exchange.mute(muted);
  }

  /** The caller wrote instead of speaking; a line of that id is taken once. Answers the id of the transcript's line. */
  hearText(text: string, id = newId('turn')): string {
    if (this.#transcript.has(id)) return id;
    // Who writes reads, too: first what has waited for the sound.
    this.#begin();
    if (this.#resumed && !this.#answered) this.#put(this.#resumed.write(text, id));
    else this.#exchange.read(text, id);
    return id;
  }

  /** What the device believes to hear. */
  hint(hint: SpeechHint, path: HintPath): void {
    this.#exchange.hint(hint, path);
  }

  /** What the device takes the caller's language for. */
  hintLanguage(hint: LanguageHint): void {
    this.#language.device(hint);
  }

  /** How the device captures the caller; echo that it does not cancel explains overlaps that were none. */
  deviceReport(report: DeviceReport): void {
    if (this.#deviceReports++ < MOST_DEVICE_REPORTS) this.#timeline.record('device.report', report);
  }

  /**
   * Another process goes on with it: here it is only let go of. `quietly`: its device is not told to let go, too; nor is
   * it when it went there itself.
   */
  depart({ quietly = false, line = null }: { quietly?: boolean; line?: DeviceLine | null } = {}): void {
    if (this.ended) return;
    this.#departed = true;
    if (!quietly) this.#attendance.depart(line);
    for (const child of this.#children.splice(0)) child.close();
    void this.#timeline.flush();
    this.emit('departed');
    this.removeAllListeners();
  }

  end(reason: EndReason): void {
    if (this.ended) return;
    this.#endReason = reason;
    this.#endedMs = this.#timeline.nowMs();
    for (const child of this.#children.splice(0)) child.close();
    this.#contact?.end(reason, this.durationMs);
    this.#setState(reason === 'error' ? 'failed' : 'ended', reason);
    this.#timeline.record('call.end', { reason, summary: this.summary() }, this.#endedMs);
    void this.#timeline.flush();
    this.emit('ended', reason);
    this.removeAllListeners();
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
    this.#exchange.on('offer', (offer) => this.emit('offer', this.#transcript.offers(offer)));
    this.#exchange.on('answered', (turn, understood) => this.#language.answered(turn, understood));
    this.#exchange.on('moved', () => this.#moved());
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
    if (this.#departed) return;
    this.emit('transcript', this.#transcript.put(line, Math.round(this.#timeline.nowMs())));
    if (line.final || line.speaker !== 'caller') this.#moved();
  }

  /** What is kept of the call, and its timeline, are to be together. */
  #moved(): void {
    this.emit('moved');
    void this.#timeline.flush();
  }

  #lost(sinceMs: number): void {
    if (this.ended || !this.#answered || this.#inWriting) return;
    this.#timeline.record('line.lost', {}, this.#timeline.nowMs() - sinceMs);
    this.#exchange.lineLost(sinceMs);
    this.#setState('reconnecting');
    this.#deadlines.set('reconnect', LIMITS_MS.reconnect, 'disconnected');
  }

  #found(gapMs: number): void {
    if (this.#state !== 'reconnecting' && !this.#inWriting) return;
    this.#inWriting = false;
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
