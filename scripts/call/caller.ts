import type { VadEngine } from '../../server/speech/vad.ts';
import type { Clock } from '../../shared/clock.ts';
import type { EndReason } from '../../shared/events.ts';
import type { JsonObject } from '../../shared/json.ts';
import { CallError } from './callError.ts';
import { Captions } from './captions.ts';
import { Conversation, type PlayedTurn } from './conversation.ts';
import { DeviceEars } from './deviceEars.ts';
import { Peer } from './peer.ts';
import { Recorder } from './recorder.ts';
import type { CallReport } from './report.ts';
import { openSession } from './session.ts';
import { Signalling } from './signalling.ts';
import type { Turn } from './turn.ts';
import { waitFor } from './waiting.ts';

const HANG_UP_LIMIT_MS = 5_000;

export type CallRequest = {
  url: string;
  origin: string;
  site: string;
  lang: string;
  /** Address of the page that the call is made from. */
  page: string;
  context: JsonObject;
  identity: string | null;
  turns: readonly Turn[];
  bargeInMs: number | null;
  dtx: boolean;
  /** Tells the server what it hears at the microphone, as a device does. */
  ears?: VadEngine;
  /** Called with the assistant's audio as a WAV that begins with this call's first step. */
  onRecording?: (wav: Uint8Array) => void | Promise<void>;
};

/** One call from the session to the hang-up. Never rejects: what went wrong stands in the report. */
export async function placeCall(request: CallRequest, clock: Clock): Promise<CallReport> {
  const call = new Caller(request, clock);
  return call.run();
}

class Caller {
  readonly #request: CallRequest;
  readonly #clock: Clock;
  readonly #captions = new Captions();
  readonly #over = new AbortController();
  readonly #played: PlayedTurn[] = [];
  readonly #recorder: Recorder | null;
  readonly #report: CallReport = {
    callId: null,
    setUpMs: null,
    greeting: '',
    greetingMs: null,
    turns: [],
    transcript: [],
    ended: null,
    audio: { packets: 0, lostPackets: 0, gapsMs: [], lostMicrophoneFrames: 0 },
    errors: [],
  };
  #signalling: Signalling | null = null;
  #peer: Peer | null = null;
  #assistantActive = false;
  #ears: DeviceEars | null = null;

  constructor(request: CallRequest, clock: Clock) {
    this.#request = request;
    this.#clock = clock;
    this.#recorder = request.onRecording ? new Recorder(clock.nowMs()) : null;
  }

  async run(): Promise<CallReport> {
    try {
      const answeredMs = await this.#connect();
      await this.#converse(answeredMs);
      await this.#hangUp();
    } catch (error) {
      this.#fail(error);
    }
    await this.#close();
    return this.#report;
  }

  /** Resolves with the moment at which the call was answered. */
  async #connect(): Promise<number> {
    const startMs = this.#clock.nowMs();
    const { url, origin, site, lang, page, context, identity } = this.#request;
    const session = await openSession(url, origin, {
      site,
      lang,
      page: { url: page, title: '', referrer: '', language: lang === 'auto' ? 'en' : lang },
      context,
      ...(identity === null ? {} : { identity }),
    });
    const signalling = await Signalling.connect(url, origin, session.token);
    this.#signalling = signalling;
    this.#listen(signalling);
    const started = await signalling.startCall(lang === 'auto' ? undefined : lang);
    this.#report.callId = started.callId;
    if (!started.media) throw new CallError('no_audio', 'The server offers no audio.');
    const { ears } = this.#request;
    this.#ears = ears ? await DeviceEars.open(ears, this.#clock, (hint) => signalling.hint(hint)) : null;
    this.#peer = await Peer.open(started.media, signalling, {
      clock: this.#clock,
      dtx: this.#request.dtx,
      recorder: this.#recorder,
      hear: (pcm16k) => this.#ears?.hear(pcm16k),
      onLost: () => this.#end(new CallError('lost', 'The audio connection was lost.')),
    });
    const answeredMs = this.#clock.nowMs();
    await signalling.ready();
    this.#report.setUpMs = answeredMs - startMs;
    return answeredMs;
  }

  async #converse(answeredMs: number): Promise<void> {
    const { turns, bargeInMs } = this.#request;
    const { peer, signalling } = this.#connected();
    const conversation = new Conversation(
      {
        clock: this.#clock,
        captions: this.#captions,
        over: this.#over.signal,
        ear: peer.ear,
        assistantActive: () => this.#assistantActive,
        speak: (pcm16k) => peer.microphone.speak(pcm16k),
        sendText: (text) => signalling.sendText(text),
      },
      { bargeInMs },
    );
    this.#report.greetingMs = await conversation.greeting(answeredMs, { moreTurns: turns.length > 0 });
    for (const [index, turn] of turns.entries()) {
      this.#played.push(await conversation.turn(turn, { moreTurns: index + 1 < turns.length }));
    }
  }

  async #hangUp(): Promise<void> {
    if (this.#report.ended) return;
    await this.#connected().signalling.hangUp();
    const ended = () => this.#report.ended;
    const unaborted = new AbortController().signal;
    await waitFor(this.#clock, ended, {
      limitMs: HANG_UP_LIMIT_MS,
      what: 'The end of the call',
      signal: unaborted,
    });
  }

  #listen(signalling: Signalling): void {
    signalling.on('transcript', (caption) => this.#captions.add(caption));
    signalling.on('speech', ({ who, active }) => {
      if (who !== 'assistant') return;
      this.#assistantActive = active;
      if (this.#ears) this.#ears.assistantTalks = active;
    });
    signalling.on('error', (error) => this.#fail(CallError.fromWire(error)));
    signalling.on('call.state', ({ state, reason }) => {
      if (state === 'ended') this.#finish(reason ?? null);
      if (state === 'failed')
        this.#end(new CallError('failed', `The call failed (${reason ?? 'no reason'}).`));
    });
    signalling.onLost((why) => this.#end(new CallError('disconnected', `The socket closed: ${why}.`)));
  }

  #finish(reason: EndReason | null): void {
    this.#report.ended = reason;
    this.#end(new CallError('ended', `The server ended the call (${reason ?? 'no reason'}).`));
  }

  #end(why: CallError): void {
    this.#over.abort(why);
  }

  #fail(thrown: unknown): void {
    const { code, message } = CallError.from(thrown);
    this.#report.errors.push({ code, message });
  }

  #connected(): { peer: Peer; signalling: Signalling } {
    if (!this.#peer || !this.#signalling) throw new CallError('failed', 'The call is not connected.');
    return { peer: this.#peer, signalling: this.#signalling };
  }

  async #close(): Promise<void> {
    this.#ears?.close();
    this.#signalling?.close();
    await this.#peer?.close().catch(() => {});
    this.#tellTexts();
    this.#report.transcript = this.#captions.finals.map(({ speaker, text, language, atMs }) => ({
      speaker,
      text,
      language,
      atMs,
    }));
    if (this.#peer) {
      const { ear, microphone } = this.#peer;
      this.#report.audio = {
        packets: ear.packets,
        lostPackets: ear.lostPackets,
        gapsMs: [...ear.gapsMs],
        lostMicrophoneFrames: microphone.lostFrames,
      };
    }
    if (this.#recorder) await this.#request.onRecording?.(this.#recorder.toWav());
  }

  /** Only now, for the caption of an interrupted sentence is finished after the next turn has begun. */
  #tellTexts(): void {
    this.#report.greeting = this.#captions.said('assistant', 0, this.#played[0]?.mark);
    this.#report.turns = this.#played.map(({ mark, ...turn }, index) => {
      const end = this.#played[index + 1]?.mark;
      return {
        ...turn,
        caller: this.#captions.said('caller', mark, end),
        assistant: this.#captions.said('assistant', mark, end),
      };
    });
  }
}
