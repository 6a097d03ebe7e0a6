import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Session } from '../context/session.ts';
import type { Connector } from '../records/connector.ts';
import { type Attempt, Attempts } from './attempts.ts';
import type { EvidenceKind } from './evidence.ts';
import { Verification, type VerificationStep } from './verification.ts';
import { verifierSnapshot } from './verificationSnapshot.ts';
import { type VerificationPlan, Verifier } from './verifier.ts';

export type SiteVerification = { plan: VerificationPlan; connector: Connector };

export type VerifiersParts = {
  clock: Clock;
  /** How callers of a site prove who they are; null when they cannot. */
  siteOf: (siteKey: string) => SiteVerification | null;
  /** A caller was proven to be somebody: what is known of them can be fetched. */
  onProven: (session: Session) => Promise<unknown>;
  onStep: (session: Session, step: VerificationStep) => void;
  /** What speaks for a session's customer now, and against them. */
  signsOf?: (session: Session) => Signs;
  /** A wrong answer, or a code that was sent, in the name of a customer of the site. */
  onAttempt?: (siteKey: string, customer: string, attempt: Attempt) => void;
  /** What codes are hashed with. */
  codeKey?: Uint8Array;
};

export type Signs = { hints: readonly EvidenceKind[]; strangeDevice: boolean };

const NO_SIGNS: Signs = { hints: [], strangeDevice: false };

/** The verifiers of the sessions: what was shown on one contact of a session counts on the next one. */
export class Verifiers {
  readonly #parts: VerifiersParts;
  /** By site: customers of different sites may have the same name. */
  readonly #attempts = new Map<string, Attempts>();
  readonly #verifiers = new WeakMap<Session, Verifier>();

  constructor(parts: VerifiersParts) {
    this.#parts = parts;
  }

  /** Null on a site where callers cannot prove anything. */
  of(session: Session): Verifier | null {
    const known = this.#verifiers.get(session);
    if (known) return known;
    const { signsOf = () => NO_SIGNS } = this.#parts;
    const made = this.#make(session);
    if (!made) return null;
    const { customerId } = session.subject;
    if (customerId !== null) {
      made.verification.claim(customerId, { strangeDevice: signsOf(session).strangeDevice });
      made.verification.add('signedToken');
    }
    return made.verifier;
  }

  /** What the visitor of a session has shown; empty where nothing was asked for. */
  snapshot(session: Session): JsonObject {
    return { ...this.#verifiers.get(session)?.snapshot() };
  }

  /** What was shown in another process counts here; what cannot be read is asked for again. */
  restore(session: Session, snapshot: JsonObject): void {
    const parsed = verifierSnapshot.safeParse(snapshot);
    if (parsed.success) this.#make(session)?.verifier.restore(parsed.data);
  }

  /** An attempt on another server. */
  attempted(siteKey: string, customer: string, attempt: Attempt): void {
    this.#attemptsOf(siteKey).count(customer, attempt);
  }

  #make(session: Session): { verifier: Verifier; verification: Verification } | null {
    const { clock, siteOf, onProven, onStep, signsOf = () => NO_SIGNS, codeKey } = this.#parts;
    const site = siteOf(session.siteKey);
    if (!site) return null;
    const verification = new Verification({
      clock,
      attempts: this.#attemptsOf(session.siteKey),
      onStep: (step) => onStep(session, step),
      // What is known of a person speaks only for who has been proven to be that person.
      hints: () => (session.subject.customerId === null ? [] : signsOf(session).hints),
      ...(codeKey ? { codeKey } : {}),
    });
    const verifier = new Verifier({
      verification,
      ...site,
      onProven: async (proven) => {
        session.prove(proven);
        await onProven(session);
      },
    });
    this.#verifiers.set(session, verifier);
    return { verifier, verification };
  }

  #attemptsOf(siteKey: string): Attempts {
    const { clock, onAttempt } = this.#parts;
    const attempts =
      this.#attempts.get(siteKey) ??
      new Attempts(clock, (customer, attempt) => onAttempt?.(siteKey, customer, attempt));
    this.#attempts.set(siteKey, attempts);
    return attempts;
  }
}
