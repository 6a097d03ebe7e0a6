import { beforeEach, describe, expect, it } from 'vitest';
import { LanguageWatch, type SpokenTurn } from '../../../server/call/languageWatch.ts';
import type { LanguageGuess } from '../../../shared/events.ts';

const UNDERSTOOD: SpokenTurn = { text: 'where is my order', confidence: 0.92, understood: true };
const GARBLED: SpokenTurn = { text: 'month was pretty much my', confidence: 0.85, understood: false };

let watch: LanguageWatch;
let heard: LanguageGuess[];
const languages = () => heard.map(({ language, source }) => `${language} ${source}`);
beforeEach(() => {
  heard = [];
  watch = new LanguageWatch('en');
  watch.on('heard', (guess) => heard.push(guess));
});

describe('the caller’s language', () => {
  it('is what the device says while nothing speaks against it, and is told once', () => {
    watch.device({ language: 'de', confidence: 0.98 });
    watch.device({ language: 'de', confidence: 0.99 });
    watch.spoken(GARBLED);
    expect(heard).toEqual([{ language: 'de', confidence: 0.98, source: 'device' }]);
  });

  it('is not what a device says without being sure', () => {
    watch.device({ language: 'de', confidence: 0.7 });
    expect(heard).toEqual([]);
  });

  it('is what the server hears', () => {
    watch.server({ language: null, confidence: 0.5 });
    watch.server({ language: 'fr', confidence: 0.93 });
    watch.server({ language: 'fr', confidence: 0.97 });
    expect(heard).toEqual([{ language: 'fr', confidence: 0.93, source: 'server' }]);
  });

  it('is that of what is written', () => {
    watch.read('Wo ist meine Bestellung, bitte?');
    expect(languages()).toEqual(['de text']);
  });

  it('is that of the call when the dialog understands what is said in it', () => {
    watch.spoken(GARBLED);
    expect(heard).toEqual([]);
    watch.spoken(UNDERSTOOD);
    expect(languages()).toEqual(['en text']);
  });

  it('is not what a hostile device says against what is understood', () => {
    for (const language of ['ar', 'de', 'ar', 'de']) {
      watch.spoken(UNDERSTOOD);
      watch.spoken(UNDERSTOOD);
      watch.device({ language, confidence: 1 });
    }
    // The page is told again what it is, each time that the device has told it otherwise.
    expect(new Set(languages())).toEqual(new Set(['en text']));
  });

  it('is taken back when the device was wrong', () => {
    watch.device({ language: 'es', confidence: 0.95 });
    watch.spoken(UNDERSTOOD);
    expect(languages()).toEqual(['es device']);
    watch.spoken(UNDERSTOOD);
    expect(languages()).toEqual(['es device', 'en text']);
  });

  it('does not flutter between two that are about as likely', () => {
    watch.device({ language: 'es', confidence: 0.95 });
    watch.server({ language: 'fr', confidence: 0.7 });
    watch.device({ language: 'es', confidence: 0.95 });
    expect(languages()).toEqual(['es device']);
  });

  it('changes with the speaker', () => {
    watch.server({ language: 'fr', confidence: 0.95 });
    watch.server({ language: 'de', confidence: 0.95 });
    expect(languages()).toEqual(['fr server', 'de server']);
  });

  it('is asked of a device that floods for a while only', () => {
    for (let at = 0; at < 5_000; at += 1) {
      watch.device({ language: at % 2 ? 'de' : 'es', confidence: 1 });
    }
    expect(heard.length).toBeLessThanOrEqual(60);
  });

  it('is not told by a word or two', () => {
    watch.spoken({ ...UNDERSTOOD, text: 'okay yes' });
    expect(heard).toEqual([]);
  });
});
