import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { PageView } from '../../shared/events.ts';
import type { Fact, FactSource, Facts, PageEvent } from '../../shared/facts.ts';
import { newId } from '../../shared/ids.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import type { Language } from '../../shared/language.ts';
import type { Subject } from '../records/connector.ts';
import { CLAIM_LIMITS } from './claims.ts';
import { forgottenFacts, MEMORY_ROOT } from './memory/facts.ts';
import { type Handle, namingHandle } from './people/people.ts';
import type { SessionSnapshot } from './sessionSnapshot.ts';

/** Least trusted first: a later one hides an earlier one of the same name. */
const SOURCES_BY_TRUST: readonly FactSource[] = ['inferred', 'page', 'caller', 'signed'];

const MAX_FACTS_PER_SOURCE = 200;

export type SessionOptions = {
  id: string;
  siteKey: string;
  language: Language;
  /** The page names no language of its own. */
  languageIsGuess?: boolean;
  /** What is proven of who it is, and what the browser keeps. */
  handles?: readonly Handle[];
  clock: Clock;
};

export type SessionEvents = {
  /** Names of facts, or of the event, that are fresh. */
  changed: [change: { facts: string[]; event?: string }];
  /** Something of it is not what it was, or it was used. */
  touched: [];
};

/** What is known of one visitor's session: facts by source, page events, who has been proven. Outlives calls. */
export class Session extends Emitter<SessionEvents> {
  readonly id: string;
  readonly siteKey: string;
  language: Language;
  readonly languageIsGuess: boolean;
  readonly #clock: Clock;
  readonly #facts = new Map<FactSource, Map<string, Fact>>(
    SOURCES_BY_TRUST.map((source) => [source, new Map<string, Fact>()]),
  );
  #events: PageEvent[] = [];
  /** Under which the page told the latest of them. */
  #eventIds: readonly string[] = [];
  #claimedNames = new Set<string>();
  #subject: Subject = { customerId: null };
  #handles: readonly Handle[];
  #passing = { id: newId('per'), used: false };
  touchedAt: number;

  constructor(options: SessionOptions) {
    super();
    this.id = options.id;
    this.siteKey = options.siteKey;
    this.language = options.language;
    this.languageIsGuess = options.languageIsGuess ?? false;
    this.#handles = options.handles ?? [];
    this.#clock = options.clock;
    this.touchedAt = options.clock.nowMs();
  }

  /** Proven by a signed identity or in the session; `customerId` null otherwise. */
  get subject(): Subject {
    return this.#subject;
  }

  /** The most trusted fact of each name. */
  facts(): Facts {
    const merged: Record<string, Fact> = {};
    for (const source of SOURCES_BY_TRUST) Object.assign(merged, Object.fromEntries(this.#of(source)));
    return merged;
  }

  events(): readonly PageEvent[] {
    return this.#events;
  }

  /** Who the visitor is, by a verified token. */
  identify(customerId: string, facts: JsonObject): void {
    this.#subject = { customerId };
    this.learn('signed', facts);
  }

  /** Who the visitor is, by what they have shown in the session. What is remembered of its browser counts no more. */
  prove(customerId: string): void {
    if (this.#subject.customerId === customerId) return;
    this.#subject = { customerId };
    const others = this.#handles.filter(({ kind }) => kind !== 'user');
    this.#handles = [namingHandle('user', customerId, 'code'), ...others];
    this.learn('inferred', forgottenFacts());
  }

  /** What the visitor is recognised by. */
  get handles(): readonly Handle[] {
    return this.#handles;
  }

  /** Adds or replaces facts of one source; null removes a fact. `observedAt`: when they were true, since the epoch. */
  learn(source: FactSource, values: JsonObject, observedAt = this.#clock.epochMs()): void {
    const facts = this.#of(source);
    const names: string[] = [];
    for (const [name, value] of Object.entries(values)) {
      if (JSON.stringify(facts.get(name)?.value) === JSON.stringify(value)) continue;
      if (value === null) facts.delete(name);
      else if (facts.has(name) || facts.size < MAX_FACTS_PER_SOURCE) {
        facts.set(name, { value, source, observedAt });
      } else continue;
      names.push(name);
    }
    this.#changed(names);
  }

  /** The page's `context` as a whole: what it no longer claims is forgotten. */
  replaceClaims(claims: JsonObject): void {
    const gone = [...this.#claimedNames].filter((name) => !(name in claims));
    this.#claimedNames = new Set();
    this.mergeClaims({ ...Object.fromEntries(gone.map((name) => [name, null])), ...claims });
  }

  mergeClaims(patch: JsonObject): void {
    const claims = Object.fromEntries(Object.entries(patch).filter(([name]) => !isReserved(name)));
    for (const name of Object.keys(claims)) this.#claimedNames.add(name);
    this.learn('page', claims);
  }

  viewPage(page: PageView): void {
    this.learn('page', {
      'page.url': page.url,
      'page.title': page.title,
      'page.referrer': page.referrer,
      'page.language': page.language,
    });
  }

  /** A page event; one of that id is taken once. */
  track(name: string, data: Json, { agoMs = 0, id }: { agoMs?: number; id?: string | undefined } = {}): void {
    if (id !== undefined) {
      if (this.#eventIds.includes(id)) return;
      this.#eventIds = [...this.#eventIds, id].slice(-CLAIM_LIMITS.maxEvents);
    }
    const observedAt = this.#clock.epochMs() - agoMs;
    this.#events = [...this.#events, { name, data, observedAt }].slice(-CLAIM_LIMITS.maxEvents);
    this.touch();
    this.emit('changed', { facts: [], event: name });
  }

  touch(): void {
    this.touchedAt = this.#clock.nowMs();
    this.emit('touched');
  }

  /** The id under which things are written down while nobody knows who it is, and whether any were. */
  get passing(): { readonly id: string; readonly used: boolean } {
    return this.#passing;
  }

  usePassing(): void {
    if (this.#passing.used) return;
    this.#passing = { ...this.#passing, used: true };
    this.touch();
  }

  /** All of it, for another process. */
  snapshot(): SessionSnapshot {
    const factsOf = (source: FactSource) =>
      Object.fromEntries(
        [...this.#of(source)].map(([name, { value, observedAt }]) => [name, { value, observedAt }]),
      );
    return {
      siteKey: this.siteKey,
      language: this.language,
      languageIsGuess: this.languageIsGuess,
      facts: {
        inferred: factsOf('inferred'),
        page: factsOf('page'),
        caller: factsOf('caller'),
        signed: factsOf('signed'),
      },
      events: [...this.#events],
      eventIds: [...this.#eventIds],
      claimed: [...this.#claimedNames],
      customerId: this.#subject.customerId,
      handles: [...this.#handles],
      passing: this.#passing,
    };
  }

  /** Becomes what it was in another process. Nothing of it is fresh: nobody is told. */
  adopt(snapshot: SessionSnapshot): void {
    this.language = snapshot.language;
    for (const source of SOURCES_BY_TRUST) {
      const facts = this.#of(source);
      facts.clear();
      for (const [name, fact] of Object.entries(snapshot.facts[source])) facts.set(name, { ...fact, source });
    }
    this.#events = [...snapshot.events];
    this.#eventIds = [...snapshot.eventIds];
    this.#claimedNames = new Set(snapshot.claimed);
    this.#subject = { customerId: snapshot.customerId };
    this.#handles = [...snapshot.handles];
    this.#passing = { ...snapshot.passing };
  }

  #changed(names: string[]): void {
    this.touch();
    if (names.length > 0) this.emit('changed', { facts: names });
  }

  #of(source: FactSource): Map<string, Fact> {
    return this.#facts.get(source) as Map<string, Fact>;
  }
}

/** What is remembered cannot be claimed. */
function isReserved(name: string): boolean {
  return name === MEMORY_ROOT || name.startsWith(`${MEMORY_ROOT}.`);
}
