import { Emitter } from '../../shared/emitter.ts';
import type { MediaParameters, Speaker, Transcript } from '../../shared/events.ts';
import { openSessionAnyhow } from '../session/openSession.ts';
import { randomId } from '../session/randomId.ts';
import type { RunningCall } from '../session/runningCall.ts';
import { beginCall } from './beginning.ts';
import { CallError } from './callError.ts';
import type { CallFlowEvents, CallFlowOptions } from './callFlowEvents.ts';
import { CallHoldings, type Ticket } from './callHoldings.ts';
import type { CallMicrophone } from './callMicrophone.ts';
import { type CallModel, IDLE_CALL, isActive, type Message, type NoVoiceReason } from './callModel.ts';
import { type CallAction, reduceCall } from './callReducer.ts';
import { Connection, GIVE_UP_AFTER_MS } from './connection.ts';
import { Farewells } from './farewells.ts';
import { HeardCaller } from './heardCaller.ts';
import { MicrophoneConsent } from './microphoneConsent.ts';
import { PageReports } from './pageReports.ts';
import { resumeCall, whileKept } from './resumption.ts';
import { hearServer } from './serverMessages.ts';
import { connectSignalling, type Signalling } from './signalling.ts';
import { VoiceWay } from './voiceWay.ts';
import { writeSurely } from './writing.ts';

/** The call from the click to the end: session, socket, microphone, media, in parallel where they can be. */
export class CallFlow extends Emitter<CallFlowEvents> {
  #model: CallModel = IDLE_CALL;
  #holdings: CallHoldings | null = null;
  #way: VoiceWay | null = null;
  #live: Promise<void> | null = null;
  readonly #options: CallFlowOptions;
  readonly #connectLine: typeof connectSignalling;
  readonly #farewells: Farewells;
  /** What the page has to say. */
  readonly page: PageReports;
  readonly heard: HeardCaller;

  constructor(options: CallFlowOptions, connectLine = connectSignalling) {
    super();
    this.#options = options;
    this.#connectLine = connectLine;
    const { serverUrl, sessionRequest, pageEvents, nowMs } = options;
    const { signal } = new AbortController();
    this.#farewells = new Farewells((token) => connectLine(serverUrl(), token, signal, GIVE_UP_AFTER_MS));
    const holdings = () => this.#holdings;
    this.page = new PageReports({ holdings, sessionRequest, pageEvents });
    this.heard = new HeardCaller({
      ...{ holdings, nowMs },
      model: () => this.#model,
      onSpeech: (active) => this.#speech({ who: 'caller', active }),
      onLanguage: (guess) => this.emit('language', guess),
    });
  }

  get model(): CallModel {
    return this.#model;
  }

  /** Resolves when the call is live; rejects with a `CallError`. A second start joins the first. */
  start(mode: CallModel['mode']): Promise<void> {
    if (this.#live && isActive(this.#model.state)) return this.#live;
    const holdings = this.#hold();
    this.#dispatch({ type: 'called', mode });
    this.#live = this.#connect(holdings, mode).catch((thrown: unknown) => {
      const error = CallError.from(thrown);
      this.#fail(holdings, error);
      throw error;
    });
    return this.#live;
  }

  /**
   * Goes on with a call that another page has begun. Resolves when it is live; rejects with a `CallError`, quietly when
   * the call is over.
   */
  resume(call: RunningCall): Promise<void> {
    if (this.#live && isActive(this.#model.state)) return this.#live;
    const holdings = this.#hold();
    const { sessionId, token } = call;
    holdings.ticket = { sessionId, token };
    this.#dispatch({ type: 'resumed', ...call });
    // Of what is refused the visitor is told when the call is over.
    for (const message of call.unsent ?? []) this.#deliver(holdings, message).catch(() => {});
    const going = whileKept(holdings, (leftMs) => this.#goOn(holdings, call, leftMs));
    this.#live = going.catch((thrown: unknown) => {
      const error = CallError.from(thrown);
      if (error.isOver) this.leave({ isOver: true });
      else this.#fail(holdings, error);
      throw error;
    });
    return this.#live;
  }

  /** The visitor has tapped: the call may use the microphone and be heard. */
  goOn(): void {
    this.#holdings?.tap();
  }

  /** Lets go of the call without ending it: the next page, or another tab, goes on, unless it is over. */
  leave({ isOver = false } = {}): void {
    const holdings = this.#holdings;
    if (!holdings) return;
    this.#dispatch({ type: 'left', isOver });
    this.#release(holdings);
  }

  /** What another tab's call says; null: there is none. */
  showElsewhere(lines: readonly Transcript[] | null): void {
    this.#dispatch({ type: 'elsewhere', lines });
  }

  /** What opens the session's socket again. */
  get ticket(): Ticket | undefined {
    return this.#holdings?.ticket;
  }

  /** The visitor's answer to the explanation of the microphone; false: write instead. */
  answerExplanation(talk: boolean): void {
    if (talk) this.#holdings?.consent.accept();
    else this.#write(null);
  }

  async hangUp(): Promise<void> {
    const holdings = this.#holdings;
    if (!holdings) return;
    this.#farewells.say(holdings, this.#model.callId !== null);
    this.#dispatch({ type: 'ended', reason: 'caller', atMs: this.#options.nowMs() });
    this.#release(holdings, { keepLine: true });
  }

  /** The microphone was lost, or sound did not get through: the visitor wants to talk again. */
  async talkAgain(): Promise<void> {
    if (this.#model.canTalkAgain) await this.#way?.talkAgain();
  }

  /** While the voice is still being opened it begins so. Rejects with CALL_NOT_STARTED in writing and without a call. */
  async mute(on: boolean): Promise<void> {
    const { voice } = this.#holdings ?? {};
    if (!voice?.microphone) {
      if (!isActive(this.#model.state) || this.#model.mode === 'writing') {
        throw CallError.of('CALL_NOT_STARTED');
      }
      this.#dispatch({ type: 'muted', muted: on });
    }
    await voice?.mute(on);
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
    // Somebody who writes does not want to be asked for the microphone any more.
    if (this.#model.microphone === 'explain') this.#write(null);
    const live = isActive(this.#model.state) ? this.#live : this.start('writing');
    const message = { id: randomId(), text: trimmed };
    this.#dispatch({ type: 'toSend', message });
    const holdings = this.#holdings;
    try {
      if (this.#model.state === 'connecting') await live;
      await this.#deliver(holdings, message);
    } catch (error) {
      // While the call goes on, whoever has written it knows.
      this.#dispatch({ type: 'handled', id: message.id });
      throw error;
    }
  }

  async #deliver(holdings: CallHoldings | null, message: Message): Promise<void> {
    if (!holdings) throw CallError.of('CALL_NOT_STARTED');
    await writeSurely(holdings, message);
    this.#dispatch({ type: 'handled', id: message.id });
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

  async #connect(holdings: CallHoldings, mode: CallModel['mode']): Promise<void> {
    const line = this.#openSession(holdings)
      .then((token) => this.#openLine(holdings, token))
      .then(() => this.#farewells.heard());
    const voice = mode === 'voice' ? this.#openVoice(holdings) : Promise.resolve(null);
    const [, microphone] = await Promise.all([line, voice]);
    await beginCall({
      ...{ holdings, microphone },
      wantsVoice: () => this.#model.mode === 'voice',
      onModel: (listener) => this.on('model', listener),
      dispatch: (action) => this.#dispatch(action),
      open: (media, track) => this.#openWay(media, track),
      onLine: (line) => this.#putLine(line),
      onSoundless: () => this.#write('server'),
    });
    holdings.guard();
    this.#dispatch({ type: 'live', atMs: this.#options.nowMs() });
  }

  /** The token of a fresh session. */
  async #openSession(holdings: CallHoldings): Promise<string> {
    const { serverUrl, sessionRequest, pageEvents } = this.#options;
    const events = pageEvents();
    const session = await openSessionAnyhow(serverUrl(), sessionRequest(), holdings.signal, (error) =>
      this.emit('error', error.toWire()),
    );
    holdings.ticket = session;
    this.page.carried(events, session.sessionId);
    if (!session.voice) this.#write('server');
    return session.token;
  }

  async #openLine(holdings: CallHoldings, token: string, patienceMs = 0): Promise<Signalling> {
    const { serverUrl } = this.#options;
    const signalling = await this.#connectLine(serverUrl(), token, holdings.signal, patienceMs);
    if (holdings.released) signalling.close();
    holdings.guard();
    holdings.signalling = signalling;
    this.#listen(holdings, signalling);
    return signalling;
  }

  async #goOn(holdings: CallHoldings, call: RunningCall, leftMs: number): Promise<void> {
    const { nowMs } = this.#options;
    // A try before may have asked for one, or have opened a voice.
    this.#dispatch({ type: 'awaitsTap', awaits: false });
    holdings.dropVoice();
    const resuming = resumeCall({
      call,
      openLine: async () => holdings.signalling ?? (await this.#openLine(holdings, call.token, leftMs)),
      onAttached: ({ lines, offer, atMs }) => {
        this.#dispatch({ type: 'attached', lines, offer, startedAtMs: nowMs() - atMs });
        for (const line of lines) this.emit('transcript', line);
        holdings.begin();
      },
      untilTapped: () => {
        this.#dispatch({ type: 'awaitsTap', awaits: true });
        return holdings.tapped;
      },
      guard: () => holdings.guard(),
    });
    void this.page
      .replace(resuming)
      .catch((error: unknown) => this.emit('error', CallError.from(error).toWire()));
    const { attached, microphone, unheard } = await resuming;
    if (holdings.released) microphone?.stop();
    holdings.guard();
    this.#dispatch({ type: 'awaitsTap', awaits: false });
    if (microphone && attached.media) {
      await this.#openWay(attached.media, microphone);
      if (unheard) holdings.voice?.microphone?.without(unheard);
      // The server may still take them for muted, or for lost, as they were on the page before.
      else if (!this.#model.muted) holdings.voice?.mute(false).catch(() => {});
    } else {
      microphone?.stop();
      if (this.#model.mode === 'voice') this.#write('server');
    }
    holdings.guard();
    this.#dispatch({ type: 'live', atMs: nowMs() });
  }

  async #openVoice(holdings: CallHoldings): Promise<MediaStreamTrack | null> {
    const outcome = await holdings.consent.request();
    if (outcome instanceof MediaStreamTrack) {
      if (holdings.released) outcome.stop();
      holdings.guard();
      holdings.microphone = outcome;
      return outcome;
    }
    holdings.guard();
    if (outcome) {
      this.emit('error', CallError.of('MICROPHONE_UNAVAILABLE').toWire());
      this.#write(outcome);
    }
    return null;
  }

  /** Both directions of the sound; nothing is sent of somebody who is muted. */
  async #openWay(media: MediaParameters, microphone: MediaStreamTrack): Promise<void> {
    microphone.enabled = !this.#model.muted;
    await this.#way?.open(media, microphone);
  }

  #speech(speech: { who: Speaker; active: boolean }): void {
    this.#dispatch({ type: 'speech', ...speech });
    this.emit('speech', speech);
  }

  #putLine(line: Transcript): void {
    this.#dispatch({ type: 'transcript', line });
    this.emit('transcript', line);
  }

  #listen(holdings: CallHoldings, signalling: Signalling): void {
    signalling.onBack(() => void this.page.catchUp().catch(() => {}));
    hearServer(signalling, holdings, {
      transcript: (line) => this.#putLine(line),
      speech: (speech) => {
        this.emit('serverSpeech', speech);
        if (speech.who === 'caller') this.heard.server(speech.active);
        else this.#speech(speech);
      },
      language: (guess) => this.heard.serverLanguage(guess),
      offer: (offer) => this.#dispatch({ type: 'offer', offer }),
      error: (error) => this.emit('error', error),
      ended: (reason) => {
        this.#dispatch({ type: 'ended', reason, atMs: this.#options.nowMs() });
        this.#release(holdings);
      },
      failed: (error) => this.#fail(holdings, error),
      taken: () => {
        this.leave();
        this.emit('taken');
      },
      ticket: () => this.emit('ticket'),
    });
  }

  #hold(): CallHoldings {
    const consent = new MicrophoneConsent((step) => this.#dispatch({ type: 'microphone', step }));
    const connection = new Connection({
      onLost: () => {
        // What was last heard of the caller may be over by the time the line is back.
        this.emit('serverSpeech', { who: 'caller', active: false });
        this.heard.reset();
        this.#dispatch({ type: 'linkLost' });
      },
      onBack: () => this.#dispatch({ type: 'linkBack' }),
      onGivenUp: () => this.#fail(holdings, CallError.of('NETWORK_UNREACHABLE')),
    });
    const holdings = new CallHoldings(consent, connection);
    this.#holdings = holdings;
    this.#way = new VoiceWay({
      holdings,
      dispatch: (action) => this.#dispatch(action),
      onTrack: (track, capture) => this.emit('microphone', track, capture),
      onUnheard: () => this.heard.reset(),
      onGone: () => this.emit('error', CallError.of('MICROPHONE_UNAVAILABLE').toWire()),
      onOpen: (voice) => this.emit('voice', voice),
      onLink: (link) => this.emit('link', link),
      onVoiceless: () => this.emit('voiceless'),
      onBlocked: (error) => this.emit('error', error.toWire()),
      onFailed: (error) => this.#fail(holdings, error),
    });
    this.heard.begin();
    return holdings;
  }

  #write(reason: NoVoiceReason | null): void {
    this.#holdings?.consent.decline();
    this.#dispatch({ type: 'writing', reason });
  }

  #fail(holdings: CallHoldings, error: CallError): void {
    if (holdings.released) return;
    this.emit('error', error.toWire());
    this.#dispatch({ type: 'failed', error: error.toWire(), atMs: this.#options.nowMs() });
    this.#release(holdings);
  }

  #release(holdings: CallHoldings, options?: { keepLine: boolean }): void {
    holdings.release(options);
    if (this.#holdings === holdings) this.#holdings = null;
  }

  #dispatch(action: CallAction): void {
    const before = this.#model;
    this.#model = reduceCall(before, action);
    if (this.#model !== before) this.emit('model', this.#model, before);
  }
}
