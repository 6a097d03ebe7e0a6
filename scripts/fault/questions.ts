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
 * Compares what was asked with what the call knows; `lines` as often as they were told. Each question was asked once.
 * An answer that the caller interrupts was an answer; one that breaks off and is taken up again is one answer: twice is
 * what the dialog has answered twice.
 */
export function tally(
  asked: readonly Asked[],
  call: { lines: readonly Transcript[]; timeline: readonly TimelineEntry[] },
): Tally {
  const finals = [...new Map(call.lines.map((line) => [line.id, line])).values()].filter(
    ({ final }) => final,
  );
  const result: Tally = { lost: [], doubled: [] };
  for (const { question, by } of asked) {
    const { text, intent, answer } = question;
    const answered = call.lines.some((line) => line.speaker === 'assistant' && answer.test(line.text));
    if (!answered) result.lost.push(text);
    const said = finals.filter((line) => line.speaker === 'caller' && plain(line.text) === plain(text));
    const replies = call.timeline.filter((entry) => entry.type === 'policy.reply' && entry.intent === intent);
    // What was said aloud may be written differently by the recogniser; its replies tell all the same.
    if ((by === 'text' && said.length > 1) || replies.length > 1) result.doubled.push(text);
  }
  return result;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9 ]/g, '');
}
