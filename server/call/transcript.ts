import type { InputOffer, Transcript } from '../../shared/events.ts';
import type { Contact } from '../context/thread/contact.ts';
import type { CallCheckpoint } from './checkpoint.ts';
import type { Line } from './exchangeParts.ts';
import { NOTHING_HEARD } from './speaking.ts';

/** More than an hour of talk has; all of them are written with each change of the call. */
const MOST_LINES = 1_000;
const MOST_CHARACTERS = 100_000;

/** Who said what in one call, for the device and, once it is certain, for the ledger. */
export class TranscriptLog {
  readonly #language: string;
  readonly #contact: Contact | null;
  readonly #lines = new Map<string, Transcript>();
  #characters = 0;
  #offer: InputOffer | null = null;

  constructor(parts: { language: string; contact: Contact | null }) {
    this.#language = parts.language;
    this.#contact = parts.contact;
  }

  /** In the order in which the turns began; the latest ones of a call that has more than anybody says. */
  lines(): Transcript[] {
    return [...this.#lines.values()];
  }

  /**
   * Goes on from what was said in another process. Half a turn of the caller's is asked for again, so it is left out;
   * of the assistant's counts what was heard.
   */
  restore({ lines, standing, offer }: Pick<CallCheckpoint, 'lines' | 'standing' | 'offer'>): void {
    const { heardText, unanswered } = standing;
    this.#offer = offer;
    for (const line of lines) {
      if (line.final) this.#keep(line);
      else if (line.speaker === 'assistant') {
        const { id, speaker, atMs } = line;
        this.put({ id, speaker, text: heardText || NOTHING_HEARD, final: true, cut: true }, atMs);
      }
    }
    // What the ledger may not have got any more; it keeps each once.
    const last = [...this.#lines.values()].findLast(({ speaker }) => speaker === 'assistant');
    if (last) this.#writeDown(last);
    for (const { id, text, confidence, channel } of unanswered) {
      const heard = { confidence, typed: channel === 'text' };
      this.#writeDown({ id, speaker: 'caller', text, final: true, heard });
    }
  }

  /** Other ways to answer what was said last. */
  get offer(): InputOffer | null {
    return this.#offer;
  }

  offers(offer: InputOffer | null): InputOffer | null {
    this.#offer = offer;
    return offer;
  }

  has(id: string): boolean {
    return this.#lines.has(id);
  }

  /** A line told anew replaces the one with its id. `atMs`: since the call began. */
  put(line: Line, atMs: number): Transcript {
    const { id, speaker, text, final } = line;
    const transcript = { id, speaker, text, final, language: this.#language, atMs };
    this.#keep(transcript);
    this.#writeDown(line);
    return transcript;
  }

  #keep(line: Transcript): void {
    this.#characters += line.text.length - (this.#lines.get(line.id)?.text.length ?? 0);
    this.#lines.set(line.id, line);
    for (const [id, { text }] of this.#lines) {
      if (this.#lines.size <= MOST_LINES && this.#characters <= MOST_CHARACTERS) return;
      this.#lines.delete(id);
      this.#characters -= text.length;
    }
  }

  /** What the dialog answers, and what was really said aloud. */
  #writeDown({ id: turnId, speaker, text, final, heard, cut = false }: Line): void {
    const language = this.#language;
    if (speaker === 'caller' && heard) this.#contact?.heard({ turnId, text, language, ...heard });
    if (speaker !== 'assistant' || !final) return;
    const said = cut && text === NOTHING_HEARD ? '' : text;
    this.#contact?.said({ turnId, text: said, interrupted: cut, language });
  }
}
