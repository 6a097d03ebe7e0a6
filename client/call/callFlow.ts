import { Emitter } from '../../shared/emitter.ts';
import type {
  LanguageGuess,
  SessionOpened,
  SessionRequest,
  Speaker,
  Transcript,
} from '../../shared/events.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import type { WireError } from '../../shared/result.ts';
import type { VoiceLink } from '../media/voiceLink.ts';
import { openSession } from '../session/openSession.ts';
import { randomId } from '../session/randomId.ts';
import { CallError } from './callError.ts';
import { CallerLanguage } from './callerLanguage.ts';
import { CallerSpeech } from './callerSpeech.ts';
import type { CallMicrophone } from './callMicrophone.ts';
import { type CallModel, IDLE_CALL, isActive, type NoVoiceReason } from './callModel.ts';
import { type CallAction, reduceCall } from './callReducer.ts';
import { CallVoice } from './callVoice.ts';
import { Connection } from './connection.ts';
import { MicrophoneConsent } from './microphoneConsent.ts';
import { connectSignalling, type Signalling } from './signalling.ts';

const CLAIM_ERRORS: ReadonlySet<string> = new Set(['CONTEXT_INVALID', 'PAYLOAD_TOO_LARGE', 'BAD_REQUEST']);

export type CallFlowOptions = {
  serverUrl: () => string;
  sessionRequest: () => SessionRequest;
  nowMs: () => number;
};

export type CallFlowEvents = {
  /** The model has changed. */
  model: [after: CallModel, before: CallModel];
  transcript: [Transcript];
  speech: [{ who: Speaker; active: boolean }];
  language: [LanguageGuess];
  error: [WireError];
  /** Sound in both directions is there; `microphone` belongs to the flow. */
  voice: [{ remote: MediaStreamTrack; microphone: MediaStreamTrack; link: VoiceLink }];
  /** What the server hears or says, as it tells it; `speech` merges it with what the device hears. */
  serverSpeech: [{ who: Speaker; active: boolean }];
  /** The page hears another track of the caller from now on; `capture`: the microphone behind it. */
  microphone: [track: MediaStreamTrack, capture: MediaStreamTrack];
  /** Another way of the sound took the place of one that broke. */
  link: [VoiceLink];
};

/** What one call holds; let go of as a whole. */
type Holdings = {
  readonly abort: AbortController;
  readonly consent: MicrophoneConsent;
  /** Settles when the server has begun the call, or when it is over. */
  readonly begun: Promise<void>;
  readonly onBegun: () => void;
  signalling?: Signalling;
  microphone?: MediaStreamTrack;
  voice?: CallVoice;
  readonly connection: Connection;
};

/** The call from the click to the end: session, socket, microphone, media, in parallel where they can be. */
export class CallFlow extends Emitter<CallFlowEvents> {
  #model: CallModel = IDLE_CALL;
  #holdings: Holdings | null = null;
  #live: Promise<void> | null = null;
  readonly #heard = new CallerSpeech();
  readonly #language = new CallerLanguage((guess) => this.emit('language', guess));
  readonly #options: CallFlowOptions;

  constructor(options: CallFlowOptions) {
    super();
    this.#options = options;
  }

  get model(): CallModel {
    return this.#model;
  }

  /** Resolves when the call is live; rejects with a `CallError`. A second start joins the first. */
  start(mode: CallModel['mode']): Promise<void> {
    if (this.#live && isActive(this.#model.state)) return this.#live;
    const consent = new MicrophoneConsent((step) => this.#dispatch({ type: 'microphone', step }));
    let onBegun = () => {};
    const begun = new Promise<void>((resolve) => {
      onBegun = resolve;
    });
    const holdings: Holdings = {
      abort: new AbortController(),
      consent,
      begun,
      onBegun,
      connection: this.#connection(() => holdings),
    };
    this.#holdings = holdings;
    this.#heard.reset();
    this.#language.reset();
    this.#dispatch({ type: 'called', mode });
    this.#live = this.#connect(holdings, mode).catch((thrown: unknown) => {
      const error = CallError.from(thrown);
      this.#fail(holdings, error);
      throw error;
    });
    return this.#live;
  }

  /** The visitor's answer to the explanation of the microphone; false: write instead. */
  answerExplanation(talk: boolean): void {
    if (talk) this.#holdings?.consent.accept();
    else this.#write(null);
  }

  async hangUp(): Promise<void> {
    const holdings = this.#holdings;
    if (!holdings) return;
    holdings.signalling?.send('call.hangUp', {});
    this.#dispatch({ type: 'ended', reason: 'caller', atMs: this.#options.nowMs() });
    this.#release(holdings);
  }

  async mute(on: boolean): Promise<void> {
    const { voice } = this.#holdings ?? {};
    if (!voice) throw CallError.of('CALL_NOT_STARTED');
    await voice.mute(on);
  }

  /** The microphone of a call by voice, once that is on. */
  get microphone(): CallMicrophone | undefined {
    return this.#holdings?.voice?.microphone;
  }

  /** The microphone gives exact silence, as one does that is switched off; or sound again. */
  setSilent(silent: boolean): void {
    const { notice } = this.#model;
    if (notice?.kind === 'taken' || silent === (notice?.kind === 'silent')) return;
    this.#dispatch({ type: 'notice', notice: silent ? { kind: 'silent' } : null });
  }

  async sendText(text: string): Promise<void> {
    const trimmed = text.trim();
    if (!trimmed) throw CallError.of('BAD_REQUEST');
    if (!isActive(this.#model.state)) await this.start('writing');
    else if (this.#model.state === 'connecting') {
      // Somebody who writes does not want to be asked for the microphone any more.
      if (this.#model.microphone === 'explain') this.#write(null);
      await this.#live;
    }
    await this.#writeSurely(trimmed);
  }

  /** Sent until the server has it: by its id it is answered once. */
  async #writeSurely(text: string): Promise<void> {
    const id = randomId();
    for (;;) {
      try {
        await this.#signalling().request('text.send', { text, id });
        return;
      } catch (error) {
        if (CallError.from(error).code !== 'NETWORK_UNREACHABLE') throw error;
      }
    }
  }

  /** What the page has to say during a call; before and after, the session request carries it. */
  updateContext(patch: JsonObject): Promise<void> {
    return this.#tell((signalling) => signalling.request('context.update', { patch }));
  }

  track(name: string, data: Json): Promise<void> {
    return this.#tell((signalling) => signalling.request('page.event', { name, data }));
  }

  viewPage(): Promise<void> {
    return this.#tell((signalling) => signalling.request('page.view', this.#options.sessionRequest().page));
  }

  setAudioBlocked(blocked: boolean): void {
    this.#dispatch({ type: 'audioBlocked', blocked });
  }

  setQuality(quality: NonNullable<CallModel['quality']>): void {
    this.#dispatch({ type: 'quality', quality });
  }

  close(): void {
    void this.hangUp();
    this.removeAllListeners();
  }

  async #connect(holdings: Holdings, mode: CallModel['mode']): Promise<void> {
    const line = this.#openLine(holdings);
    const voice = mode === 'voice' ? this.#openVoice(holdings) : Promise.resolve(null);
    const [signalling, microphone] = await Promise.all([line, voice]);
    await this.#begin(holdings, signalling, microphone);
    this.#guard(holdings);
    this.#dispatch({ type: 'live', atMs: this.#options.nowMs() });
  }

  async #openLine(holdings: Holdings): Promise<Signalling> {
    const serverUrl = this.#options.serverUrl();
    const { signal } = holdings.abort;
    const session = await this.#openSession(serverUrl, signal);
    if (!session.voice) this.#write('server');
    const signalling = await connectSignalling(serverUrl, session.token, signal);
    if (signal.aborted) signalling.close();
    this.#guard(holdings);
    holdings.signalling = signalling;
    this.#listen(holdings, signalling);
    return signalling;
  }

  /** A page whose claims the server cannot take does not cost its visitor the call: they are left out. */
  async #openSession(serverUrl: string, signal: AbortSignal): Promise<SessionOpened> {
    const request = this.#options.sessionRequest();
    try {
      return await openSession(serverUrl, request, signal);
    } catch (error) {
      if (!(error instanceof CallError) || !CLAIM_ERRORS.has(error.code)) throw error;
      this.emit('error', error.toWire());
      return await openSession(serverUrl, { ...request, context: {}, events: [] }, signal);
    }
  }

  async #openVoice(holdings: Holdings): Promise<MediaStreamTrack | null> {
    const outcome = await holdings.consent.request();
    if (outcome instanceof MediaStreamTrack) {
      if (holdings.abort.signal.aborted) outcome.stop();
      this.#guard(holdings);
      holdings.microphone = outcome;
      return outcome;
    }
    this.#guard(holdings);
    if (outcome) {
      this.emit('error', CallError.of('MICROPHONE_UNAVAILABLE').toWire());
      this.#write(outcome);
    }
    return null;
  }

  async #begin(
    holdings: Holdings,
    signalling: Signalling,
    microphone: MediaStreamTrack | null,
  ): Promise<void> {
    const wanted = Boolean(microphone) && this.#model.mode === 'voice';
    const started = await signalling.request('call.start', { media: wanted }).catch((error: unknown) => {
      if (!wanted || CallError.from(error).code !== 'MEDIA_UNAVAILABLE') throw error;
      return signalling.request('call.start', { media: false });
    });
    this.#guard(holdings);
    this.#dispatch({ type: 'started', callId: started.callId });
    holdings.onBegun();
    if (!started.media || !microphone) {
      microphone?.stop();
      delete holdings.microphone;
      if (this.#model.mode === 'voice') this.#write('server');
      return;
    }
    const voice = new CallVoice({
      signalling,
      microphone,
      dispatch: (action) => this.#dispatch(action),
      onTrack: (track, capture) => this.emit('microphone', track, capture),
      onUnheard: () => this.#callerSpeech(this.#heard.reset()),
      onGone: () => this.emit('error', CallError.of('MICROPHONE_UNAVAILABLE').toWire()),
      onLink: (link) => this.emit('link', link),
      onUp: (up) => holdings.connection.set('media', up),
      onGivenUp: () => this.#fail(holdings, CallError.of('MEDIA_TRANSPORT_FAILED')),
    });
    delete holdings.microphone;
    holdings.voice = voice;
    const link = await voice.open(started.media);
    this.#guard(holdings);
    this.emit('voice', { remote: link.remoteTrack, microphone, link });
  }

  /** What the device hears of the caller: shown at once, and told to the server as a hint. */
  hear(active: boolean, confidence: number): void {
    const { signalling, voice } = this.#holdings ?? {};
    if (!signalling || this.#model.muted || this.#model.state !== 'live') return;
    const hint = { active, confidence, atMs: Math.round(this.#options.nowMs()) };
    // The quick way may lose it, the sure one may be late; the server takes what comes first.
    voice?.link?.sendHint(hint);
    signalling.send('hint.speech', hint);
    this.#callerSpeech(this.#heard.device(active));
  }

  /** The language that the device hears, told to the server as a hint; null: none, so the browser's is taken. */
  hearLanguage(language: string | null, confidence: number): void {
    const hint = this.#language.device(language, confidence, navigator.languages);
    if (hint) this.#holdings?.signalling?.send('hint.language', hint);
  }

  #callerSpeech(active: boolean | null): void {
    if (active === null) return;
    this.#dispatch({ type: 'speech', who: 'caller', active });
    this.emit('speech', { who: 'caller', active });
  }

  #listen(holdings: Holdings, signalling: Signalling): void {
    signalling.on('transcript', (line) => {
      this.#dispatch({ type: 'transcript', line });
      this.emit('transcript', line);
    });
    signalling.on('speech', (speech) => {
      this.emit('serverSpeech', speech);
      if (speech.who === 'caller') return this.#callerSpeech(this.#heard.server(speech.active));
      this.#dispatch({ type: 'speech', ...speech });
      this.emit('speech', speech);
    });
    signalling.on('language', (guess) => this.#language.server(guess));
    signalling.on('input.offer', (offer) => this.#dispatch({ type: 'offer', offer }));
    signalling.on('error', (error) => this.emit('error', error));
    signalling.on('call.state', ({ state, reason }) => {
      if (state === 'ended') {
        this.#dispatch({ type: 'ended', reason: reason ?? 'assistant', atMs: this.#options.nowMs() });
        this.#release(holdings);
      } else if (state === 'failed') {
        this.#fail(holdings, CallError.of('INTERNAL'));
      } else if (state === 'reconnecting') {
        holdings.connection.set('server', false);
        holdings.voice?.line.heard(false);
      } else if (state === 'live') {
        // Also said to a socket that has come back, if the server has kept the call.
        holdings.connection.set('server', true);
        holdings.voice?.line.heard(true);
        holdings.connection.set('socket', true);
      }
    });
    signalling.on('media.lost', () => holdings.voice?.line.lost());
    signalling.onLost(() => holdings.connection.set('socket', false));
    signalling.onRefused((error) => this.#fail(holdings, error));
  }

  #connection(holdings: () => Holdings): Connection {
    return new Connection({
      onLost: () => {
        // What was last heard of the caller may be over by the time the line is back.
        this.emit('serverSpeech', { who: 'caller', active: false });
        this.#callerSpeech(this.#heard.reset());
        this.#dispatch({ type: 'linkLost' });
      },
      onBack: () => this.#dispatch({ type: 'linkBack' }),
      onGivenUp: () => this.#fail(holdings(), CallError.of('NETWORK_UNREACHABLE')),
    });
  }

  #write(reason: NoVoiceReason | null): void {
    this.#holdings?.consent.decline();
    this.#dispatch({ type: 'writing', reason });
  }

  #fail(holdings: Holdings, error: CallError): void {
    if (holdings.abort.signal.aborted) return;
    this.emit('error', error.toWire());
    this.#dispatch({ type: 'failed', error: error.toWire(), atMs: this.#options.nowMs() });
    this.#release(holdings);
  }

  #release(holdings: Holdings): void {
    holdings.abort.abort();
    holdings.consent.decline();
    holdings.onBegun();
    holdings.connection.close();
    holdings.voice?.close();
    holdings.microphone?.stop();
    holdings.signalling?.close();
    if (this.#holdings === holdings) this.#holdings = null;
  }

  #guard(holdings: Holdings): void {
    if (holdings.abort.signal.aborted) throw CallError.of('CALL_CANCELLED');
  }

  /** Waits for the call to have begun; nothing is told when there is none. */
  async #tell(say: (signalling: Signalling) => Promise<null>): Promise<void> {
    const holdings = this.#holdings;
    if (!holdings) return;
    await holdings.begun;
    if (!holdings.abort.signal.aborted) await say(this.#signalling());
  }

  #signalling(): Signalling {
    const signalling = this.#holdings?.signalling;
    if (!signalling) throw CallError.of('CALL_NOT_STARTED');
    return signalling;
  }

  #dispatch(action: CallAction): void {
    const before = this.#model;
    this.#model = reduceCall(before, action);
    if (this.#model !== before) this.emit('model', this.#model, before);
  }
}
