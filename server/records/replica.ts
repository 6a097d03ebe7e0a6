import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import type { Connector, ConnectorRequest, Subject, Told } from './connector.ts';
import { find } from './mapping.ts';
import type { Keep, OperationRules } from './plan.ts';

export type ReplicaOptions = {
  inner: Connector;
  rules: ReadonlyMap<string, OperationRules>;
  clock: Clock;
  /** Told of an answer that could not be renewed in the background. */
  onFailure?: (operation: string, error: SegueError) => void;
};

/** How long a turn waits for a newer answer when an old one is there; less than the greeting waits for all of them. */
export const PATIENCE_MS = 200;
const MAX_ANSWERS = 20_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;

type Kept = {
  data: JsonObject;
  /** When it was asked for, monotonic: what it tells is at least as new. */
  askedMs: number;
  askedEpochMs: number;
  /** Known to be out of date: told only when there is nothing newer to be had. */
  outdated: boolean;
};

type Asking = { answer: Promise<Kept>; operation: string; customerId: string | null; forgotten: boolean };

/**
 * What the systems have answered, in memory in front of them. Fresh answers are told without asking; older ones are
 * told at once and asked again behind the caller's back; stale ones only when the system does not answer soon, and
 * with their age. One request is under way for a question, however many ask it.
 */
export class Replica {
  readonly #inner: Connector;
  readonly #rules: ReadonlyMap<string, OperationRules>;
  readonly #clock: Clock;
  readonly #onFailure: (operation: string, error: SegueError) => void;
  readonly #asking = new Map<string, Asking>();
  readonly #kept = new LRUCache<string, Kept & { operation: string; customerId: string | null }>({
    max: MAX_ANSWERS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ data }, key) => JSON.stringify(data).length + key.length,
  });

  constructor(options: ReplicaOptions) {
    this.#inner = options.inner;
    this.#rules = options.rules;
    this.#clock = options.clock;
    this.#onFailure = options.onFailure ?? (() => {});
  }

  /** Answers a look-up. Rejects as the system does when there is nothing that may be told. */
  async read(request: ConnectorRequest): Promise<Told> {
    const rules = this.#rules.get(request.operation);
    const keep = rules?.keep;
    if (!rules || !keep) {
      const askedEpochMs = this.#clock.epochMs();
      const data = await this.#inner.call(request);
      return this.#tell(rules, { data, askedMs: this.#clock.nowMs(), askedEpochMs, outdated: false });
    }
    const key = keyOf(request);
    const kept = this.#kept.get(key);
    const ageMs = kept ? this.#clock.nowMs() - kept.askedMs : Number.POSITIVE_INFINITY;
    const staleMs = staleAfterMs(keep, rules);
    if (!kept || ageMs >= keep.expiredMs)
      return this.#tell(rules, await waited(this.#ask(key, request), request));
    if (!kept.outdated && ageMs < Math.min(keep.freshMs, staleMs)) return this.#tell(rules, kept);
    const newer = this.#ask(key, request);
    if (!kept.outdated && ageMs < staleMs) {
      newer.catch((error: unknown) => this.#onFailure(request.operation, SegueError.from(error)));
      return this.#tell(rules, kept, newer);
    }
    const soon = await this.#soonOr(kept, newer, request);
    return this.#tell(rules, soon, soon === kept ? newer : null);
  }

  /** Asks what a visitor will want to know, before anybody asks. */
  prewarm(subject: Subject): void {
    for (const { name, prewarm } of this.#rules.values()) {
      if (prewarm === null || (prewarm === 'customer' && subject.customerId === null)) continue;
      this.read({ operation: name, args: {}, subject }).catch((error: unknown) =>
        this.#onFailure(name, SegueError.from(error)),
      );
    }
  }

  /** Something has changed: what was answered is told only if there is nothing newer to be had. */
  outdate(operations: ReadonlySet<string> | null, customerId: string | null | undefined): number {
    let count = 0;
    for (const kept of this.#concerned(operations, customerId)) {
      kept.outdated = true;
      count++;
    }
    return count;
  }

  /** What was answered is known to be wrong: it is never told again. */
  forget(operations: ReadonlySet<string>, customerId: string | null | undefined): void {
    for (const kept of this.#concerned(operations, customerId)) this.#kept.delete(kept.key);
  }

  get size(): number {
    return this.#kept.size;
  }

  close(): void {
    this.#kept.clear();
  }

  /** Kept answers of these operations (null: all) about a customer (undefined: anybody); what is asked now is not kept. */
  #concerned(operations: ReadonlySet<string> | null, customerId: string | null | undefined) {
    // An answer about nobody in particular may hold anybody's records.
    const fits = (one: { operation: string; customerId: string | null }): boolean =>
      (operations === null || operations.has(one.operation)) &&
      (customerId === undefined || one.customerId === null || one.customerId === customerId);
    for (const [key, asking] of this.#asking) {
      if (!fits(asking)) continue;
      asking.forgotten = true;
      this.#asking.delete(key);
    }
    return [...this.#kept.entries()].flatMap(([key, kept]) =>
      fits(kept) ? [Object.assign(kept, { key })] : [],
    );
  }

  #ask(key: string, { operation, args, subject }: ConnectorRequest): Promise<Kept> {
    const running = this.#asking.get(key);
    if (running) return running.answer;
    const { customerId } = subject;
    const asked = { askedMs: this.#clock.nowMs(), askedEpochMs: this.#clock.epochMs(), outdated: false };
    // Without the caller's signal: others wait for the same answer.
    const answer = this.#inner.call({ operation, args, subject }).then(
      (data) => {
        const kept = { ...asked, data };
        if (this.#settled(key, asking)) this.#kept.set(key, { ...kept, operation, customerId });
        return kept;
      },
      (error: unknown) => {
        // What is refused now was answered wrongly since something changed.
        if (this.#settled(key, asking) && SegueError.from(error).code === 'CONNECTOR_REFUSED') {
          this.#kept.delete(key);
        }
        throw error;
      },
    );
    const asking: Asking = { answer, operation, customerId, forgotten: false };
    this.#asking.set(key, asking);
    // Who asked may have gone.
    answer.catch(() => {});
    return answer;
  }

  /** True when the answer still counts. */
  #settled(key: string, asking: Asking): boolean {
    if (this.#asking.get(key) === asking) this.#asking.delete(key);
    return !asking.forgotten;
  }

  /** The newer answer if it comes soon, else the old one; a refusal is an answer, too. */
  #soonOr(kept: Kept, newer: Promise<Kept>, request: ConnectorRequest): Promise<Kept> {
    return new Promise((resolve, reject) => {
      const patience = this.#clock.after(PATIENCE_MS, () => resolve(kept));
      newer
        .then(resolve, (thrown: unknown) => {
          const error = SegueError.from(thrown);
          if (error.code === 'CONNECTOR_REFUSED') return reject(error);
          this.#onFailure(request.operation, error);
          resolve(kept);
        })
        .finally(() => patience.cancel());
    });
  }

  #tell(rules: OperationRules | undefined, kept: Kept, newer: Promise<Kept> | null = null): Told {
    const fieldsAsOfMs = timesIn(rules, kept.data);
    const nowMs = this.#clock.epochMs();
    const stale = rules?.keep && this.#isStale(rules.keep, rules, { kept, fieldsAsOfMs, nowMs });
    const state = stale ? 'stale' : 'current';
    const asOfMs = Math.min(kept.askedEpochMs, ...Object.values(fieldsAsOfMs));
    const told = { data: structuredClone(kept.data), state, asOfMs, fieldsAsOfMs } as const;
    if (!newer) return told;
    const later = newer.then((one) => this.#tell(rules, one));
    // Nobody has to listen.
    later.catch(() => {});
    return { ...told, newer: later };
  }

  #isStale(
    keep: Keep,
    rules: OperationRules,
    told: { kept: Kept; fieldsAsOfMs: Readonly<Record<string, number>>; nowMs: number },
  ): boolean {
    const { kept, fieldsAsOfMs, nowMs } = told;
    if (kept.outdated || this.#clock.nowMs() - kept.askedMs >= staleAfterMs(keep, rules)) return true;
    return Object.entries(fieldsAsOfMs).some(
      ([field, timeMs]) => nowMs - timeMs >= (keep.fields.get(field) ?? Number.POSITIVE_INFINITY),
    );
  }
}

/** The age at which the first part is stale; parts that tell their own time are looked at by that. */
function staleAfterMs(keep: Keep, { asOf }: OperationRules): number {
  const limits = [...keep.fields].flatMap(([field, limitMs]) => (asOf.has(field) ? [] : [limitMs]));
  return Math.min(keep.staleMs, ...limits);
}

/** When parts of an answer were true, where it says so; a time to come is no such time. */
function timesIn(rules: OperationRules | undefined, data: JsonObject): Record<string, number> {
  const times: Record<string, number> = {};
  for (const [field, path] of rules?.asOf ?? []) {
    const value = find(path, data);
    const time = epochMs(Array.isArray(value) ? oldest(value) : value);
    if (time !== null) times[field] = time;
  }
  return times;
}

function oldest(values: readonly Json[]): Json | undefined {
  return [...values].sort(
    (a, b) => (epochMs(a) ?? Number.POSITIVE_INFINITY) - (epochMs(b) ?? Number.POSITIVE_INFINITY),
  )[0];
}

/** ISO 8601, or seconds or milliseconds since the epoch. */
function epochMs(value: Json | undefined): number | null {
  const time =
    typeof value === 'string'
      ? Date.parse(value)
      : typeof value === 'number'
        ? value < 1e11
          ? value * 1000
          : value
        : Number.NaN;
  return Number.isFinite(time) ? time : null;
}

/** One question, one key: the order of arguments does not count. */
function keyOf({ operation, args, subject }: ConnectorRequest): string {
  return JSON.stringify([operation, subject.customerId, canonical(args)]);
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key] ?? null)]),
  );
}

/** Waits for a shared answer no longer than the one who asks. */
function waited<Value>(promise: Promise<Value>, { signal }: ConnectorRequest): Promise<Value> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new SegueError('CONNECTOR_FAILED', 'the request was given up'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
