import { describe, expect, it } from 'vitest';
import { Attempts } from '../../../server/verification/attempts.ts';
import { Verification, type VerificationStep } from '../../../server/verification/verification.ts';
import { FakeClock } from '../../fakes/clock.ts';

const MINUTE_MS = 60_000;

function begin(attempts?: Attempts, clock = new FakeClock()) {
  const steps: VerificationStep[] = [];
  const verification = new Verification({
    clock,
    attempts: attempts ?? new Attempts(clock),
    onStep: (step) => steps.push(step),
  });
  return { verification, clock, steps };
}

function verifyByCode(verification: Verification): void {
  expect(verification.answerCode(verification.issueCode() ?? '')).toBe('right');
}

describe('levels', () => {
  it('are nobody’s before anybody is meant', () => {
    const { verification } = begin();
    verification.add('knownDevice');
    expect(verification.standing()).toEqual({ level: 'anyone', points: 0, risk: 0 });
  });

  it('come from a sign-in alone', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.add('signedToken');
    expect(verification.standing().level).toBe('verified');
  });

  it('come from a code alone, even on a strange device', () => {
    const { verification } = begin();
    verification.claim('cus_1', { strangeDevice: true });
    verifyByCode(verification);
    expect(verification.standing().level).toBe('verified');
  });

  it('come from a code that is right at its third try', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    const code = verification.issueCode() ?? '';
    const wrong = code === '000000' ? '111111' : '000000';
    expect([wrong, wrong, code].map((answer) => verification.answerCode(answer))).toEqual([
      'wrong',
      'wrong',
      'right',
    ]);
    expect(verification.standing().level).toBe('verified');
  });

  it('never come from a code that was sent to somebody else', () => {
    const { verification } = begin();
    verification.claim('cus_mine');
    const code = verification.issueCode() ?? '';
    verification.claim('cus_victim');
    expect(verification.codePending).toBe(false);
    expect(verification.answerCode(code)).toBe('void');
    expect(verification.explain().evidence).toEqual([]);
  });

  it('never come from hints, however many there are', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    for (const kind of ['knownDevice', 'callOrigin', 'behaviour'] as const) verification.add(kind);
    for (let time = 0; time < 3; time += 1) verification.answerKnowledge(true);
    expect(verification.standing().level).toBe('recognised');
  });

  it('are not strong by a sign-in and hints', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    for (const kind of ['signedToken', 'knownDevice', 'callOrigin', 'behaviour'] as const)
      verification.add(kind);
    expect(verification.standing().level).toBe('verified');
  });

  it('are strong with two proofs', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.add('signedToken');
    verifyByCode(verification);
    expect(verification.standing().level).toBe('strong');
  });

  it('begin from nothing for another customer', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.add('signedToken');
    verification.claim('cus_2');
    expect(verification.standing().level).toBe('anyone');
  });

  it('fall as a code grows old', () => {
    const { verification, clock } = begin();
    verification.claim('cus_1');
    verifyByCode(verification);
    clock.advance(14 * MINUTE_MS);
    expect(verification.reaches('verified')).toBe(true);
    clock.advance(30 * MINUTE_MS);
    expect(verification.reaches('verified')).toBe(false);
  });

  it('fall with wrong answers and with a second customer', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.add('signedToken');
    for (let time = 0; time < 3; time += 1) verification.answerKnowledge(false);
    expect(verification.reaches('verified')).toBe(false);
    const other = begin().verification;
    other.claim('cus_1');
    other.claim('cus_2');
    verifyByCode(other);
    expect(other.reaches('verified')).toBe(false);
  });

  it('of a signed-in customer do not fall with what somebody else gets wrong', () => {
    const clock = new FakeClock();
    const attempts = new Attempts(clock);
    const thief = begin(attempts, clock).verification;
    thief.claim('cus_1');
    for (let time = 0; time < 5; time += 1) thief.answerKnowledge(false);
    const owner = begin(attempts, clock).verification;
    owner.claim('cus_1');
    owner.add('signedToken');
    expect(owner.reaches('verified')).toBe(true);
  });
});

describe('what is asked', () => {
  it('is nothing when the level is reached', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.add('signedToken');
    expect(verification.waysTo('verified', ['oneTimeCode', 'knowledge'])).toEqual([]);
  });

  it('is the least tiresome that suffices', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    expect(verification.waysTo('verified', ['knowledge', 'oneTimeCode', 'signedToken'])[0]).toBe(
      'signedToken',
    );
    expect(verification.waysTo('verified', ['knowledge', 'oneTimeCode'])[0]).toBe('oneTimeCode');
  });

  it('is only what is missing: a code on top of a sign-in', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.add('signedToken');
    expect(verification.waysTo('strong', ['signedToken', 'oneTimeCode'])).toEqual(['oneTimeCode']);
  });

  it('is nothing when it could not suffice', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    expect(verification.waysTo('verified', ['knowledge'])).toEqual([]);
  });

  it('is no code when doubt outweighs it: nobody is pestered for nothing', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    verification.claim('cus_2');
    expect(verification.waysTo('verified', ['oneTimeCode'])).toEqual([]);
  });
});

describe('attempts', () => {
  it('end after five wrong answers for a customer, in whatever session, for an hour', () => {
    const clock = new FakeClock();
    const attempts = new Attempts(clock);
    for (let session = 0; session < 5; session += 1) {
      const { verification } = begin(attempts, clock);
      verification.claim('cus_1');
      verification.answerKnowledge(false);
    }
    const { verification } = begin(attempts, clock);
    verification.claim('cus_1');
    expect(verification.waysTo('verified', ['oneTimeCode'])).toEqual([]);
    expect(verification.issueCode()).toBeNull();
    clock.advance(61 * MINUTE_MS);
    expect(verification.waysTo('verified', ['oneTimeCode'])).toEqual(['oneTimeCode']);
  });

  it('do not let anybody be pestered with codes', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    const codes = Array.from({ length: 6 }, () => verification.issueCode());
    expect(codes.filter((code) => code !== null)).toHaveLength(4);
  });

  it('void a code after three wrong ones, and after ten minutes', () => {
    const { verification, clock } = begin();
    verification.claim('cus_1');
    const code = verification.issueCode() ?? '';
    const wrong = code === '000000' ? '111111' : '000000';
    expect([1, 2, 3].map(() => verification.answerCode(wrong))).toEqual(['wrong', 'wrong', 'wrong']);
    expect(verification.answerCode(code)).toBe('void');
    const second = verification.issueCode() ?? '';
    clock.advance(11 * MINUTE_MS);
    expect(verification.answerCode(second)).toBe('void');
  });

  it('take a code once, however it is spoken', () => {
    const { verification } = begin();
    verification.claim('cus_1');
    const code = verification.issueCode() ?? '';
    expect(verification.answerCode(`${code.slice(0, 3)} ${code.slice(3)}`)).toBe('right');
    expect(verification.answerCode(code)).toBe('void');
  });

  it('are told step by step, without the code', () => {
    const { verification, steps } = begin();
    verification.claim('cus_1');
    const code = verification.issueCode() ?? '';
    verification.answerCode(code);
    expect(steps.map(({ method, outcome, level }) => [method, outcome, level])).toEqual([
      ['oneTimeCode', 'asked', 'anyone'],
      ['oneTimeCode', 'right', 'verified'],
    ]);
    expect(JSON.stringify([steps, verification.explain()])).not.toContain(code);
  });
});
