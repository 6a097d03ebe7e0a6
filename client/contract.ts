import type { TemplateResult } from 'lit';
import type { CallState, EndReason, LanguageGuess, Speaker, Transcript } from '../shared/events.ts';
import type { Json, JsonObject } from '../shared/json.ts';
import type { Language } from '../shared/language.ts';
import type { WireError } from '../shared/result.ts';
import type { Remembering } from './session/browserIds.ts';

/** Details of the element's public events, by event name. All bubble and are composed. */
export type PublicEvents = {
  'segue-state': { state: CallState; reason?: EndReason };
  'segue-transcript': Transcript;
  'segue-speech': { who: Speaker; active: boolean };
  'segue-language': LanguageGuess;
  'segue-error': WireError;
};

export type PageEventDraft = { name: string; data: Json; atMs: number };

/** What the call stack needs of the element: its settings when it asks, and a way to speak to the page. */
export type StackHost = {
  /** Base URL of the server, without a trailing slash. */
  readonly serverUrl: string;
  readonly site: string;
  readonly lang: string;
  readonly identity: string | undefined;
  /** How long the browser may keep who it is. */
  readonly remember: Remembering;
  /** How the device shall hear; `languageModelUrl`: where Whisper's files are. */
  hearing(): {
    readonly noiseSuppression: 'browser' | 'rnnoise';
    readonly languageModel: 'small' | 'whisper';
    readonly languageModelUrl: string;
  };
  readonly context: JsonObject;
  readonly pageEvents: readonly PageEventDraft[];
  readonly language: Language;
  readonly shadow: ShadowRoot;
  readonly panelOpen: boolean;
  /** `focus` false: unasked, so that the visitor stays where they are. */
  openPanel(focus?: boolean): void;
  /** `focus` false: the keyboard stays where it is. */
  minimisePanel(focus?: boolean): void;
  /** Tells the page; `segue-state` also moves the element's own state. */
  publish<Name extends keyof PublicEvents>(name: Name, detail: PublicEvents[Name]): void;
  requestUpdate(): void;
};

/** The lazily loaded part: the call itself and its panel. */
export type CallStack = {
  readonly callId: string | null;
  /** Seconds and speech for the launcher while the panel is minimised. */
  readonly glance: { elapsed: string; speaking: boolean };
  /** Whether the call is in another tab. */
  readonly elsewhere: boolean;
  /** Goes on with the call of the page before, or learns of another tab's. */
  find(): void;
  /** Calls; a call in another tab goes on here. */
  call(): Promise<void>;
  hangUp(): Promise<void>;
  mute(on?: boolean): Promise<void>;
  sendText(text: string): Promise<void>;
  updateContext(patch: JsonObject): Promise<void>;
  /** Something has happened on the page. */
  track(): void;
  /** The app around the page says that a phone call has the audio, or gives it back. */
  interrupted(active: boolean): void;
  render(): TemplateResult;
  /** Puts the keyboard into the panel. */
  focus(): void;
  /** After the element has rendered. */
  updated(): void;
  close(): void;
};
