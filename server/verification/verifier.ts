import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Connector, ConnectorRequest } from '../records/connector.ts';
import type { Askable } from './evidence.ts';
import type { Level } from './level.ts';
import type { Verification } from './verification.ts';
import type { VerifierSnapshot } from './verificationSnapshot.ts';

/** The operations of the customer's systems that verification uses; what is absent is not offered. */
export type VerificationPlan = {
  /** Look-up: what the caller told (an order number, an e-mail address) → `{ customerId, reach? }`. */
  identify: string;
  /** Action: `{ customerId, code }`, sent to an address that the site knows already → `{}`. */
  sendCode: string | null;
  /** Look-up: `{ customerId, answer }` → `{ right }`. */
  checkAnswer: string | null;
};

/** What playbooks call, and the reasons with which it is refused. */
export const VERIFICATION_OPERATIONS: readonly string[] = ['verification.begin', 'verification.check'];
export const VERIFICATION_REFUSALS = ['unknown', 'impossible', 'too_many', 'wrong', 'void'] as const;

export type VerifierParts = {
  verification: Verification;
  plan: VerificationPlan;
  connector: Connector;
  /** The caller is verified as this customer. */
  onProven: (customerId: string) => Promise<void>;
};

/** Who names so many that nobody knows is guessing. */
const MOST_UNKNOWN = 5;

const identified = z.object({
  customerId: z.string().min(1).max(200),
  /** Where a code would go, fit to be said aloud: "the e-mail address we have". */
  reach: z.string().max(100).optional(),
});
const checked = z.object({ right: z.boolean() });
const answers = z.object({ answer: z.union([z.string().max(200), z.number()]).transform(String) });

/**
 * Verification as playbooks see it: a system with two operations. `begin` finds whom the caller claims to be and asks
 * in the least tiresome way that suffices; `check` takes the answer. The claimed customer is never told to the caller.
 */
export class Verifier {
  readonly #verification: Verification;
  readonly #plan: VerificationPlan;
  readonly #connector: Connector;
  readonly #onProven: (customerId: string) => Promise<void>;
  #needed: Level = 'verified';
  #asked: Askable | null = null;
  #reach = '';
  #unknown = 0;

  constructor(parts: VerifierParts) {
    this.#verification = parts.verification;
    this.#plan = parts.plan;
    this.#connector = parts.connector;
    this.#onProven = parts.onProven;
  }

  snapshot(): VerifierSnapshot {
    return {
      verification: this.#verification.snapshot(),
      needed: this.#needed,
      asked: this.#asked,
      reach: this.#reach,
      unknown: this.#unknown,
    };
  }

  restore({ verification, needed, asked, reach, unknown }: VerifierSnapshot): void {
    this.#verification.restore(verification);
    this.#needed = needed;
    this.#asked = asked;
    this.#reach = reach;
    this.#unknown = unknown;
  }

  /** What the next `begin` has to reach. */
  need(level: Level): void {
    this.#needed = level;
  }

  get level(): Level {
    return this.#verification.standing().level;
  }

  /** Whether it is known already whom the evidence has to be about. */
  get claimed(): boolean {
    return this.#verification.customer !== null;
  }

  /** For the ledger: what the level is made of now. */
  explain(): JsonObject {
    return this.#verification.explain();
  }

  /** Rejects like a connector: CONNECTOR_REFUSED with the reason, CONNECTOR_FAILED. */
  async call(request: ConnectorRequest): Promise<JsonObject> {
    return request.operation === 'verification.begin'
      ? await this.#begin(request)
      : await this.#check(request);
  }

  async #begin(request: ConnectorRequest): Promise<JsonObject> {
    await this.#claim(request);
    if (this.#asked === 'oneTimeCode' && this.#verification.codePending) return this.#question();
    const offered: Askable[] = [
      ...(this.#plan.sendCode ? (['oneTimeCode'] as const) : []),
      ...(this.#plan.checkAnswer ? (['knowledge'] as const) : []),
    ];
    const [way] = this.#verification.waysTo(this.#needed, offered);
    this.#asked = null;
    if (!way) throw this.#noWay();
    if (way === 'oneTimeCode') await this.#sendCode(request);
    this.#asked = way;
    return this.#question();
  }

  #noWay(): SegueError {
    if (this.#verification.exhausted) return refused('too_many');
    return refused(this.#verification.reaches(this.#needed) ? 'void' : 'impossible');
  }

  #question(): JsonObject {
    return { method: this.#asked, reach: this.#reach };
  }

  /** Empty arguments: whom the caller claimed to be before. */
  async #claim({ args, subject, signal }: ConnectorRequest): Promise<void> {
    if (Object.values(args).every((value) => value === '')) {
      if (!this.claimed) throw refused('unknown');
      return;
    }
    if (this.#unknown >= MOST_UNKNOWN) throw refused('too_many');
    const found = await this.#identify({
      operation: this.#plan.identify,
      args,
      subject,
      ...(signal ? { signal } : {}),
    });
    // Who has signed in is not somebody else as well.
    if (subject.customerId !== null && subject.customerId !== found.customerId) throw refused('unknown');
    if (found.customerId !== this.#verification.customer) {
      this.#verification.claim(found.customerId);
      this.#asked = null;
    }
    this.#reach = found.reach ?? '';
  }

  async #identify(request: ConnectorRequest): Promise<z.infer<typeof identified>> {
    let answer: JsonObject;
    try {
      answer = await this.#connector.call(request);
    } catch (error) {
      if (!(error instanceof SegueError && error.code === 'CONNECTOR_REFUSED')) throw error;
      this.#unknown += 1;
      throw refused('unknown');
    }
    const found = identified.safeParse(answer);
    if (!found.success) throw new SegueError('CONNECTOR_FAILED', 'the identification has a wrong shape');
    return found.data;
  }

  async #sendCode({ subject, signal }: ConnectorRequest): Promise<void> {
    const customerId = this.#verification.customer;
    const code = this.#verification.issueCode();
    if (customerId === null || code === null || this.#plan.sendCode === null) throw refused('too_many');
    try {
      await this.#connector.call({
        operation: this.#plan.sendCode,
        args: { customerId, code },
        subject,
        idempotencyKey: randomUUID(),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      this.#verification.withdrawCode();
      throw error;
    }
  }

  async #check(request: ConnectorRequest): Promise<JsonObject> {
    const given = answers.safeParse(request.args);
    if (!given.success || this.#asked === null) throw refused('void');
    if (this.#verification.exhausted) throw refused('too_many');
    const outcome =
      this.#asked === 'oneTimeCode'
        ? this.#verification.answerCode(given.data.answer)
        : await this.#checkKnowledge(given.data.answer, request);
    if (outcome !== 'right') throw refused(outcome);
    const customerId = this.#verification.customer;
    // Less than that lets an operation go on, and makes nobody somebody.
    if (customerId !== null && this.#verification.reaches('verified')) await this.#onProven(customerId);
    return { done: this.#verification.reaches(this.#needed) };
  }

  async #checkKnowledge(
    answer: string,
    { subject, signal }: ConnectorRequest,
  ): Promise<'right' | 'wrong' | 'void'> {
    const customerId = this.#verification.customer;
    if (customerId === null || this.#plan.checkAnswer === null) return 'void';
    const told = await this.#connector.call({
      operation: this.#plan.checkAnswer,
      args: { customerId, answer },
      subject,
      // As an action: no replica keeps what was answered.
      idempotencyKey: randomUUID(),
      ...(signal ? { signal } : {}),
    });
    const right = checked.safeParse(told);
    if (!right.success) throw new SegueError('CONNECTOR_FAILED', 'the check has a wrong shape');
    this.#verification.answerKnowledge(right.data.right);
    return right.data.right ? 'right' : 'wrong';
  }
}

function refused(reason: (typeof VERIFICATION_REFUSALS)[number]): SegueError {
  return new SegueError('CONNECTOR_REFUSED', reason);
}
