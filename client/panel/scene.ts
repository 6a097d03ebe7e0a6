import type { UiKey } from '../../shared/strings/ui/en.ts';
import type { UiStrings } from '../../shared/strings/ui/load.ts';
import type { CallModel } from '../call/callModel.ts';

/** What the parts of the panel draw from, and what they can ask for. */
export type Scene = {
  readonly model: CallModel;
  readonly elapsed: string;
  readonly words: Words;
  /** The visitor's side of the panel, which the call does not know. */
  readonly local: PanelState;
  readonly act: PanelActions;
};

export type PanelState = {
  draft: string;
  /** Digits entered on the keypad; null: the keypad is closed. */
  digits: string | null;
  sendFailed: boolean;
  mutedHint: boolean;
  /** The line is gone, or has just come back. */
  line: 'lost' | 'back' | null;
  atEnd: boolean;
};

export type PanelActions = {
  minimise(): void;
  again(): void;
  /** Write instead of talking; after a failure, call again in writing. */
  giveUpVoice(): void;
  /** Ask in writing to be called back, instead of waiting. */
  callBack(): void;
  accept(): void;
  hangUp(): void;
  mute(): void;
  /** Use a microphone again after the call has gone on in writing. */
  talkAgain(): void;
  hear(): void;
  /** Lets a call go on that another page has begun. */
  goOn(): void;
  /** Takes the call from another tab. */
  take(): void;
  send(text: string): void;
  set(change: Partial<PanelState>): void;
  /** Answer an offer in the field. */
  write(): void;
  scrollToEnd(): void;
};

/** A text of the catalogue, with its `{placeholders}` filled. */
export type Words = (key: UiKey, values?: Readonly<Record<string, string>>) => string;

export function wordsOf(strings: UiStrings): Words {
  return (key, values = {}) =>
    strings[key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
