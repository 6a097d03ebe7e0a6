import type { Clock } from '../../shared/clock.ts';
import type { Attempts } from './attempts.ts';
import {
  ASKABLE,
  type Askable,
  type Evidence,
  type EvidenceKind,
  pointsOf,
  totalPoints,
  worthOf,
} from './evidence.ts';
import { type Level, levelOf, pointsFor, reaches } from './level.ts';
import { OneTimeCode } from './oneTimeCode.ts';
import { riskOf } from './risk.ts';
import type { VerificationSnapshot } from './verificationSnapshot.ts';

export type Standing = { level: Level; points: number; risk: number };

/** Told of every step, for the ledger: why somebody was believed, or not. Nothing personal in it. */
export type VerificationStep = {
  method: EvidenceKind;
  outcome: 'given' | 'asked' | 'right' | 'wrong' | 'void' | 'refused';
  level: Level;
  points: number;
  risk: number;
  /** What the points are made of. */
  evidence: { kind: EvidenceKind; points: number }[];
};

export type VerificationParts = {
  clock: Clock;
  attempts: Attempts;
  onStep: (step: VerificationStep) => void;
  /** What speaks for the customer at this moment without being asked for. */
  hints?: () => readonly EvidenceKind[];
  /** What codes are hashed with: the same for all processes that take over each other's calls. */
  codeKey?: Uint8Array;
};

/**
 * What speaks for and against the visitor of one session being the customer they are taken for. Evidence adds points,
 * which decay; doubt takes points away; a level is reached or not, at the moment it is asked for.
 */
export class Verification {
  readonly #clock: Clock;
  readonly #attempts: Attempts;
  readonly #onStep: (step: VerificationStep) => void;
  readonly #hints: () => readonly EvidenceKind[];
  readonly #code: OneTimeCode;
  readonly #tried = new Set<string>();
  #customer: string | null = null;
  #evidence: Evidence[] = [];
  #failures = 0;
  #strangeDevice = false;

  constructor(parts: VerificationParts) {
    this.#clock = parts.clock;
    this.#attempts = parts.attempts;
    this.#onStep = parts.onStep;
    this.#hints = parts.hints ?? (() => []);
    this.#code = new OneTimeCode(parts.clock, parts.codeKey);
  }

  snapshot(): VerificationSnapshot {
    return {
      customer: this.#customer,
      evidence: [...this.#evidence],
      failures: this.#failures,
      tried: [...this.#tried],
      strangeDevice: this.#strangeDevice,
      code: this.#code.snapshot(),
    };
  }

  /** What was shown in another process. */
  restore({ customer, evidence, failures, tried, strangeDevice, code }: VerificationSnapshot): void {
    this.#customer = customer;
    this.#evidence = [...evidence];
    this.#failures = failures;
    for (const one of tried) this.#tried.add(one);
    this.#strangeDevice = strangeDevice;
    if (code) this.#code.restore(code);
  }

  /** The customer whom the evidence is about; not proven by itself. Another one than before begins from nothing. */
  claim(customer: string, { strangeDevice = false } = {}): void {
    if (customer !== this.#customer) {
      this.#evidence = [];
      // Who reads the one's messages proves nothing of the other.
      this.#code.withdraw();
    }
    this.#customer = customer;
    this.#tried.add(customer);
    this.#strangeDevice = strangeDevice;
  }

  get customer(): string | null {
    return this.#customer;
  }

  /** Evidence that nobody was asked for. */
  add(kind: EvidenceKind): void {
    this.#evidence.push({ kind, atMs: this.#clock.epochMs() });
    this.#tell(kind, 'given');
  }

  standing(): Standing {
    if (this.#customer === null) return { level: 'anyone', points: 0, risk: 0 };
    const risk = this.#risk();
    const points = Math.max(0, totalPoints(this.#all(), this.#clock.epochMs()) - risk);
    return { level: levelOf(points), points, risk };
  }

  /** Too much was got wrong for this customer: nothing is asked for and no answer counts, for a while. */
  get exhausted(): boolean {
    return this.#customer !== null && this.#attempts.exhausted(this.#customer);
  }

  reaches(level: Level): boolean {
    return reaches(this.standing().level, level);
  }

  /** What can still be asked for a level, the least tiresome first: only what would suffice, alone or with another. */
  waysTo(level: Level, offered: readonly Askable[]): Askable[] {
    const customer = this.#customer;
    if (customer === null || this.exhausted) return [];
    const lacking = pointsFor(level) + this.#risk() - totalPoints(this.#all(), this.#clock.epochMs());
    if (lacking <= 0) return [];
    const possible = ASKABLE.filter((kind) => offered.includes(kind) && this.#isWorthAsking(kind, customer));
    const enough = possible.find((kind) => worthOf(kind) >= lacking);
    if (enough) return [enough, ...possible.filter((kind) => kind !== enough)];
    return possible.reduce((sum, kind) => sum + worthOf(kind), 0) >= lacking ? possible : [];
  }

  /** A code to be sent through the site's channel. Null when too many were sent. */
  issueCode(): string | null {
    const customer = this.#customer;
    if (customer === null || !this.#attempts.maySendCode(customer)) {
      this.#tell('oneTimeCode', 'refused');
      return null;
    }
    this.#attempts.codeSent(customer);
    this.#tell('oneTimeCode', 'asked');
    return this.#code.issue();
  }

  /** Whether a code was sent that can still be answered. */
  get codePending(): boolean {
    return this.#code.pending;
  }

  /** A code that could not be sent: nobody is asked for it. */
  withdrawCode(): void {
    this.#code.withdraw();
  }

  answerCode(answer: string): 'right' | 'wrong' | 'void' {
    const outcome = this.#code.check(answer);
    this.#answered('oneTimeCode', outcome);
    return outcome;
  }

  /** Whether the customer's system found the answer to be right. */
  answerKnowledge(right: boolean): void {
    this.#answered('knowledge', right ? 'right' : 'wrong');
  }

  /** For the ledger: what the level is made of now. */
  explain(): Omit<VerificationStep, 'method' | 'outcome'> {
    const nowMs = this.#clock.epochMs();
    const { level, points, risk } = this.standing();
    const evidence = this.#all().map((one) => ({
      kind: one.kind,
      points: Math.round(pointsOf(one, nowMs)),
    }));
    return { level, points: Math.round(points), risk, evidence };
  }

  #risk(): number {
    return riskOf({
      failedAttempts: this.#failures,
      customersTried: this.#tried.size,
      strangeDevice: this.#strangeDevice,
    });
  }

  #all(): Evidence[] {
    const atMs = this.#clock.epochMs();
    return [...this.#evidence, ...this.#hints().map((kind) => ({ kind, atMs }))];
  }

  #isWorthAsking(kind: Askable, customer: string): boolean {
    if (kind === 'oneTimeCode' && !this.#code.pending && !this.#attempts.maySendCode(customer)) return false;
    return kind === 'knowledge' || !this.#evidence.some((one) => one.kind === kind && this.#isFresh(one));
  }

  #isFresh(evidence: Evidence): boolean {
    return pointsOf(evidence, this.#clock.epochMs()) >= worthOf(evidence.kind);
  }

  #answered(method: EvidenceKind, outcome: 'right' | 'wrong' | 'void'): void {
    if (outcome === 'right') this.#evidence.push({ kind: method, atMs: this.#clock.epochMs() });
    if (outcome === 'wrong') {
      this.#failures += 1;
      if (this.#customer !== null) this.#attempts.failed(this.#customer);
    }
    this.#tell(method, outcome);
  }

  #tell(method: EvidenceKind, outcome: VerificationStep['outcome']): void {
    this.#onStep({ method, outcome, ...this.explain() });
  }
}
