import { describe, expect, it } from 'vitest';
import { compileMessage } from '../../server/dialog/playbooks/message.ts';
import { LANGUAGES } from '../../shared/language.ts';
import { SPEECH_KEYS } from '../../shared/strings/speech/keys.ts';
import { speechPhrases } from '../../shared/strings/speech/speech.ts';

describe("the assistant's own phrases", () => {
  it.each([...LANGUAGES])('exist in %s, with the values of English', (language) => {
    const english = speechPhrases('en');
    const phrases = speechPhrases(language);
    expect(Object.keys(phrases).sort()).toEqual([...SPEECH_KEYS].sort());
    for (const key of SPEECH_KEYS) {
      const needed = new Set(english[key].flatMap((text) => compileMessage(text, 'en').needs));
      for (const text of phrases[key]) {
        expect(text.trim()).not.toBe('');
        for (const name of compileMessage(text, language).needs) expect([...needed]).toContain(name);
      }
    }
  });

  it('are English for a language that there is not', () => {
    expect(speechPhrases('tlh')).toBe(speechPhrases('en'));
  });
});
