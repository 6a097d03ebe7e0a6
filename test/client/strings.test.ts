import { describe, expect, it } from 'vitest';
import { IDLE_CALL } from '../../client/call/callModel.ts';
import { outcomeKey } from '../../client/panel/outcome.ts';
import { ERRORS } from '../../shared/errors.ts';
import { LANGUAGES } from '../../shared/language.ts';
import en, { type UiKey } from '../../shared/strings/ui/en.ts';
import { LAUNCHER_STRINGS } from '../../shared/strings/ui/launcher.ts';
import { loadUiStrings } from '../../shared/strings/ui/load.ts';

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe.each(LANGUAGES)('the words in %s', (language) => {
  it('are complete, with the placeholders of English', async () => {
    const strings = await loadUiStrings(language);
    expect(Object.keys(strings).toSorted()).toEqual(Object.keys(en).toSorted());
    for (const key of Object.keys(en) as UiKey[]) {
      expect(strings[key].trim(), key).not.toBe('');
      expect(placeholders(strings[key]), key).toEqual(placeholders(en[key]));
    }
    expect(Object.keys(LAUNCHER_STRINGS[language])).toEqual(Object.keys(LAUNCHER_STRINGS.en));
  });

  it('are translated, not left in English', async () => {
    if (language === 'en') return;
    const strings = await loadUiStrings(language);
    const same = (Object.keys(en) as UiKey[]).filter((key) => strings[key] === en[key]);
    // "Support" and the loan word "Assistant" are spelled alike in some of them.
    expect(
      same.filter((key) => key !== 'title' && key !== 'speaker.assistant' && key !== 'captions.label'),
    ).toEqual([]);
  });
});

it('has a word for the visitor for every error of the catalogue', () => {
  for (const code of Object.keys(ERRORS) as (keyof typeof ERRORS)[]) {
    const model = { ...IDLE_CALL, state: 'failed', error: { code, message: '', retryable: false } } as const;
    expect(en[outcomeKey(model)], code).toBeTruthy();
  }
});
