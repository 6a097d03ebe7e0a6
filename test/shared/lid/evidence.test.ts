import { beforeEach, describe, expect, it } from 'vitest';
import { LanguageEvidence } from '../../../shared/lid/evidence.ts';
import { LABELS } from '../../../shared/lid/lidLayers.ts';

let evidence: LanguageEvidence;
beforeEach(() => {
  evidence = new LanguageEvidence(LABELS);
  evidence.begin();
});

/** Scores as of the model: `lead` ahead of all others. */
const scores = (label: (typeof LABELS)[number], lead: number) =>
  LABELS.map((other) => (other === label ? lead : 0));
const whole = { seconds: 5, ended: false };
const early = { seconds: 3, ended: false };

describe('what is believed of the language', () => {
  it('is nothing while no language stands out', () => {
    expect(evidence.add([0, 0, 0, 0, 0], whole)).toEqual({ language: null, confidence: expect.closeTo(0.2) });
    expect(evidence.add(scores('fr', 1), whole).language).toBeNull();
  });

  it('needs less to go on when all is heard than early', () => {
    expect(evidence.add(scores('de', 8), early).language).toBeNull();
    expect(evidence.add(scores('de', 8), whole).language).toBe('de');
  });

  it('is never noise', () => {
    expect(evidence.add(scores('noise', 30), whole)).toMatchObject({ language: null });
  });

  it('goes by a whole window more than by the start of it', () => {
    evidence.add(scores('en', 9), early);
    expect(evidence.add(scores('fr', 9), whole)).toMatchObject({ language: 'fr' });
  });

  it('does not change its mind for one doubtful window, and does for an utterance', () => {
    evidence.add(scores('es', 14), whole);
    evidence.begin();
    expect(evidence.add(scores('fr', 8), early).language).not.toBe('fr');
    evidence.begin();
    evidence.add(scores('fr', 14), whole);
    expect(evidence.add(scores('fr', 14), whole).language).toBe('fr');
  });

  it('stands scores of any size', () => {
    const { confidence } = evidence.add([-3e4, 3e4, 0, 1e4, -1e4], whole);
    expect(confidence).toBeCloseTo(1);
  });
});
