import { setTimeout as pause } from 'node:timers/promises';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import type { Transcript } from '../../shared/events.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { type Asked, QUESTIONS, type Question, tally } from './questions.ts';
import { type Broken, describeBroken, type FaultContext, type FaultRun } from './scenario.ts';
import type { FaultStage } from './stage.ts';
import type { Visitor } from './visitor.ts';

const ANSWER_LIMIT_MS = 30_000;
/** A question that is not answered by then was misheard. */
const HEARD_LIMIT_MS = 12_000;
/** A caption and its sound are that far apart at most. */
const CAPTION_LEAD_MS = 500;
/** Into the answer before it is broken: past its beginning, well before its end. */
const INTO_ANSWER_MS = 1_000;

type Repetition = Pick<FaultContext, 'times' | 'progress'>;
const ONCE: Repetition = { times: 1, progress: () => {} };

export type Break = {
  /** Breaks it, waits and mends it. Answers from when the gap counts: the repaired path, or the fault itself. */
  fault: (call: BrokenCall) => Promise<number>;
  /** How long the call may take to be heard again. */
  recoveryLimitMs?: number;
  /** Asked in writing as soon as it is broken; the answer may come when it can. */
  meanwhile?: Question;
  /** Asked in writing once it is broken; the gap is then until its answer is heard. */
  meanwhileAfter?: Question;
  /** The same aloud, when the assistant has finished; the gap is then from the last word. */
  aloudAfter?: Question;
  /** Before it is broken once more: what the fault has left is made whole. */
  between?: (call: BrokenCall) => Promise<void>;
  /** Once the call goes on. */
  afterwards?: (call: BrokenCall) => Promise<void>;
  /** There is no sound any more: it goes on in writing. */
  silent?: boolean;
};

/**
 * One call that is broken in the middle of an answer. Before and afterwards questions are asked of which each has one
 * known answer, aloud and in writing.
 */
export class BrokenCall {
  readonly stage: FaultStage;
  readonly visitor: Visitor;
  readonly notes: string[] = [];
  readonly #asked: Asked[] = [];
  #callId: string | null = null;
  /** Answers come in writing only. */
  #deaf = false;

  private constructor(stage: FaultStage, visitor: Visitor) {
    this.stage = stage;
    this.visitor = visitor;
  }

  /** Opens the page, calls and hears the greeting. */
  static async begin(stage: FaultStage): Promise<BrokenCall> {
    const visitor = await stage.visit();
    const call = new BrokenCall(stage, visitor);
    await visitor.call();
    await visitor.untilState('live', ANSWER_LIMIT_MS);
    await visitor.until(() => visitor.heard.last, ANSWER_LIMIT_MS, 'the greeting');
    call.#callId = await visitor.callId();
    await visitor.untilQuiet(ANSWER_LIMIT_MS);
    return call;
  }

  get callId(): string {
    if (this.#callId === null) throw new Error('the call has no id');
    return this.#callId;
  }

  /** Asks in writing; answered when the words of the answer are in the captions. False: it was not taken. */
  async ask(question: Question, { wait = true } = {}): Promise<boolean> {
    const atMs = Date.now();
    if (!(await this.visitor.write(question.text))) return false;
    this.#asked.push({ question, atMs, by: 'text' });
    if (wait) await this.#answered(question, atMs);
    return true;
  }

  /** Asks aloud; who is misheard says it again. */
  async say(question: Question): Promise<void> {
    await this.#understood(question, await this.#speak(question));
  }

  /** Resolves with when it was said. */
  async #speak(question: Question): Promise<number> {
    const tts = await voice();
    const { pcm16k } = await tts.synthesise(question.text, { language: 'en', voice: 'rms' });
    await this.visitor.speak(pcm16k);
    return Date.now();
  }

  async #understood(question: Question, atMs: number): Promise<void> {
    this.#asked.push({ question, atMs, by: 'voice' });
    try {
      await this.#answered(question, atMs, { limitMs: HEARD_LIMIT_MS });
    } catch {
      const heard = this.visitor.transcript().findLast(({ speaker }) => speaker === 'caller');
      this.notes.push(`“${question.text}” was said twice; the first time “${heard?.text}” was understood`);
      await this.visitor.untilQuiet(ANSWER_LIMIT_MS);
      await this.#answered(question, await this.#speak(question));
    }
  }

  /** In a call that went on in writing, and through which sound would get again: the visitor wants to talk. */
  async talkAgain(): Promise<void> {
    await this.visitor.talkAgain();
    this.#deaf = false;
    await this.ask(QUESTIONS.weather);
    await this.visitor.untilQuiet(ANSWER_LIMIT_MS);
    await this.say(QUESTIONS.name);
  }

  /** The whole of it, up to the hang-up; broken and mended so many times. */
  async run(plan: Break, { times, progress }: Repetition = ONCE): Promise<FaultRun> {
    const breaks: Broken[] = [];
    let failure: string | null = null;
    try {
      while (breaks.length < times && failure === null) {
        if (breaks.length > 0) await plan.between?.(this);
        const broken = await this.#break(plan);
        breaks.push(broken);
        if (times > 1) progress(`  broken ${breaks.length} of ${times} times: ${describeBroken(broken)}`);
        if (broken.gapMs === null) failure = 'it did not go on by itself';
      }
      await this.#goOn(plan);
      await plan.afterwards?.(this);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    return await this.#end({ breaks, failure });
  }

  /** In the middle of an answer, until it is whole again and the answer is over. */
  async #break(plan: Break): Promise<Broken> {
    const { visitor } = this;
    const beforeMs = Date.now();
    await this.ask(QUESTIONS.hours, { wait: false });
    await visitor.until(
      () => (visitor.heard.last && visitor.heard.last.fromMs > beforeMs ? true : null),
      ANSWER_LIMIT_MS,
      'the answer that is to be broken',
    );
    await pause(INTO_ANSWER_MS);
    const brokenMs = Date.now();
    const early = plan.meanwhile ? this.ask(plan.meanwhile, { wait: false }) : null;
    let fromMs = await plan.fault(this);
    if (plan.meanwhileAfter) {
      fromMs = Date.now();
      await this.ask(plan.meanwhileAfter, { wait: false });
    }
    if (plan.aloudAfter) {
      await visitor.untilQuiet(ANSWER_LIMIT_MS);
      fromMs = await this.#speak(plan.aloudAfter);
    }
    const limitMs = plan.recoveryLimitMs ?? 20_000;
    const again = plan.silent
      ? this.#untilWriting(brokenMs, limitMs).then((atMs) => Math.max(0, atMs - fromMs))
      : visitor.until(() => visitor.heard.gapSince(fromMs, Date.now()), limitMs, 'new sound');
    const gapMs = await again.catch((error: Error) => {
      this.notes.push(error.message);
      return null;
    });
    await visitor.untilState('live', limitMs);
    const live = visitor.stateSince('live', brokenMs);
    if (plan.meanwhile)
      await this.#settle(plan.meanwhile, { askedMs: brokenMs, taken: (await early) ?? false });
    if (plan.meanwhileAfter) await this.#answered(plan.meanwhileAfter, fromMs, { aloud: false });
    if (plan.aloudAfter) {
      await this.#understood(plan.aloudAfter, fromMs);
      // What was said in place of the answer may be over for long: its own sound has to be heard.
      const toldMs = Date.now() - CAPTION_LEAD_MS;
      await visitor.until(() => visitor.heard.gapSince(toldMs, Date.now()), ANSWER_LIMIT_MS, 'its sound');
    }
    await visitor.untilQuiet(ANSWER_LIMIT_MS).catch(() => {});
    if (!plan.meanwhile) this.#noteUnfinished(QUESTIONS.hours);
    return { gapMs, liveMs: live === null ? null : Math.max(0, live - fromMs) };
  }

  /** The visitor has interrupted nobody: the broken answer was to be told to its end. */
  #noteUnfinished({ text, end }: Question): void {
    const said = this.visitor.transcript().filter(({ speaker }) => speaker === 'assistant');
    if (end && !said.some((line) => end.test(line.text)))
      this.notes.push(`the end of the answer to “${text}” was never told`);
  }

  /** Resolves with the moment at which the page has said so, and the call was live. */
  async #untilWriting(sinceMs: number, limitMs: number): Promise<number> {
    const { visitor } = this;
    const toldMs = await visitor.until(
      () => visitor.errorSince('MEDIA_TRANSPORT_FAILED', sinceMs),
      limitMs,
      'the call in writing',
    );
    await visitor.untilState('live', limitMs);
    return visitor.stateSince('live', toldMs) ?? toldMs;
  }

  async #goOn({ silent = false }: Break): Promise<void> {
    this.#deaf = silent;
    await this.ask(QUESTIONS.howAreYou);
    if (silent) return;
    await this.visitor.untilQuiet(ANSWER_LIMIT_MS);
    await this.say(QUESTIONS.name);
    await this.visitor.untilQuiet(ANSWER_LIMIT_MS);
  }

  /** What was written while it was broken: taken, or refused so that the visitor can write it again. */
  async #settle(question: Question, { askedMs, taken }: { askedMs: number; taken: boolean }): Promise<void> {
    if (!taken) {
      this.notes.push('what was written meanwhile was refused, and written again');
      await this.ask(question);
      return;
    }
    await this.#answered(question, askedMs, { aloud: false });
  }

  async #end(result: Pick<FaultRun, 'breaks' | 'failure'>): Promise<FaultRun> {
    const { visitor, notes } = this;
    const state = await visitor.state().catch(() => 'gone');
    const told = visitor.told
      .filter(({ name }) => name === 'segue-error')
      .map(({ detail }) => String(detail.code));
    if (told.length > 0) notes.push(`errors told: ${[...new Set(told)].join(', ')}`);
    const timeline = await this.timeline();
    const { lost, doubled } = tally(this.#asked, { lines: visitor.lines(), timeline });
    await visitor.hangUp();
    const violations =
      visitor.violations.length === 0 ? null : `the page's policy refused: ${visitor.violations[0]}`;
    const failure = result.failure ?? violations;
    if (failure !== null || lost.length + doubled.length > 0) notes.push(...this.#evidence(timeline));
    await visitor.close();
    return { ...result, failure, lost, doubled, state, notes };
  }

  /** The call's timeline from every server that knows it. */
  async timeline(): Promise<TimelineEntry[]> {
    const all = await Promise.all(
      this.stage.servers.map((server) => server.timeline(this.callId).catch((): TimelineEntry[] => [])),
    );
    const longest = all.toSorted((one, other) => other.length - one.length);
    return longest[0] ?? [];
  }

  #evidence(timeline: readonly TimelineEntry[]): string[] {
    const states = this.visitor.told
      .filter(({ name }) => name === 'segue-state')
      .map(({ detail }) => `${detail.state}${detail.reason ? ` (${detail.reason})` : ''}`);
    const types = timeline.slice(-24).map(({ tMs, type }) => `${Math.round(tMs)} ${type}`);
    const said = this.visitor.transcript().map(({ speaker, text }) => `${speaker}: ${text}`);
    const output = this.stage.servers.map((server) => server.output.trim().split('\n').slice(-4).join(' | '));
    return [
      `states: ${states.join(' → ')}`,
      `timeline: ${types.join(', ')}`,
      `transcript: ${said.join(' | ')}`,
      `server: ${output.join(' || ')}`,
    ];
  }

  /** In words that were not there before it was asked and, where that is looked for, in sound. */
  async #answered(
    question: Question,
    askedMs: number,
    { limitMs = ANSWER_LIMIT_MS, aloud = true } = {},
  ): Promise<void> {
    const { visitor } = this;
    const isAnswer = ({ speaker, text }: Transcript) => speaker === 'assistant' && question.answer.test(text);
    const what = `an answer to “${question.text}”`;
    await visitor.until(() => (visitor.linesSince(askedMs).some(isAnswer) ? true : null), limitMs, what);
    if (!aloud || this.#deaf) return;
    await visitor.until(
      () => visitor.heard.gapSince(askedMs, Date.now()),
      ANSWER_LIMIT_MS,
      `the sound of ${what}`,
    );
  }
}

let flite: ReturnType<typeof loadFlite> | null = null;

function voice(): ReturnType<typeof loadFlite> {
  flite ??= loadFlite();
  return flite;
}

/** Lets go of the callers' voice. */
export async function closeVoices(): Promise<void> {
  await (await flite)?.close();
  flite = null;
}
