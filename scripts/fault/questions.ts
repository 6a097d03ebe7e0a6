import type { Transcript } from '../../shared/events.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';

/** Something to ask, what only its answer says, and what only the end of that answer says. */
export type Question = { text: string; intent: string; answer: RegExp; end?: RegExp };

/** All about different matters, so that each answer tells which question it belongs to; nobody needs to be signed in. */
export const QUESTIONS = {
  howAreYou: { text: 'How are you?', intent: 'howAreYou', answer: /very well/i },
  /** Its answer lasts for several seconds: long enough to be broken in the middle. */
  hours: { text: 'What are your opening hours?', intent: 'shop.hours', answer: /weekdays/i, end: /sundays/i },
  /** Asked aloud: these words the recogniser hears of our voice each time. */
  name: { text: 'What is your name?', intent: 'whoAreYou', answer: /voice assistant/i },
  weather: { text: "What's the weather like?", intent: 'weather', answer: /only see lamps/i },
  praise: { text: 'You are very helpful.', intent: 'youAreGood', answer: /kind of you/i },
  order: { text: 'Where is order 10498?', intent: 'order.status', answer: /10498/ },
} as const satisfies Record<string, Question>;

/** A question that the server has acknowledged, or that was said aloud. */
export type Asked = { question: Question; atMs: number; by: 'text' | 'voice' };

export type Tally = {
  /** What became of nothing: acknowledged, and never answered. */
  lost: string[];
  /** In the transcript twice, or answered by the dialog twice. */
  doubled: string[];
};

/**
 * Compares what was asked with what the call knows; `lines` as often as they were told. An answer that the caller
 * interrupts was an answer; one that breaks off and is taken up again is one answer: twice is what the dialog has
 * answered more often than it was asked.
 */
export function tally(
  asked: readonly Asked[],
  call: { lines: readonly Transcript[]; timeline: readonly TimelineEntry[] },
): Tally {
  const last = [...new Map(call.lines.map((line) => [line.id, line])).values()];
  const result: Tally = { lost: [], doubled: [] };
  for (const [question, all] of Map.groupBy(asked, (one) => one.question)) {
    const { text, intent, answer } = question;
    const answers = last.filter((line) => line.speaker === 'assistant' && answer.test(line.text));
    for (let missing = answers.length; missing < all.length; missing += 1) result.lost.push(text);
    const said = last.filter(
      (line) => line.final && line.speaker === 'caller' && plain(line.text) === plain(text),
    );
    const replies = call.timeline.filter((entry) => entry.type === 'policy.reply' && entry.intent === intent);
    // What was said aloud may be written differently by the recogniser; its replies tell all the same.
    const written = all.filter(({ by }) => by === 'text');
    const twice = written.length === all.length && said.length > all.length;
    if (twice || replies.length > all.length) result.doubled.push(text);
  }
  return result;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9 ]/g, '');
}
