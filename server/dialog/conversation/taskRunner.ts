import type { JsonObject } from '../../../shared/json.ts';
import type { Level } from '../../verification/level.ts';
import type { Scope } from '../playbooks/expression.ts';
import type { AskStep, CallStep, ConfirmStep, Reaction, Step } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import { ageOf } from '../speaking/age.ts';
import { isKnown, mayCall } from '../trust.ts';
import { askSystem } from './askSystem.ts';
import { type CallContext, scopeOf, speakSlot, valuesOf } from './callContext.ts';
import type { Question } from './question.ts';
import { fillFromKnown } from './slotFilling.ts';
import type { Task } from './task.ts';
import { noteProgress } from './taskNotes.ts';

export type Outcome = {
  /** What is said before the question. */
  sentences: Sentence[];
  /** The question itself. */
  asking: Sentence[];
  question: Question | null;
  end: 'waiting' | 'done' | 'handOver' | 'verify';
  /** Why a colleague is needed, with `handOver`. */
  reason: string;
  /** What the caller has to reach before it goes on, with `verify`. */
  needs: Level;
  /** A value turned out wrong and is asked again. */
  setback: boolean;
  /** The task is over here, and can go on once the visitor has signed in. */
  needsSignIn: boolean;
};

/** A connector's "no" lets a slot be asked again so often in one turn; more is a playbook that goes in circles. */
const MAX_ROUNDS = 3;

type Run = {
  task: Task;
  known: Scope;
  data: JsonObject;
  /** When the oldest of it was true, when that is longer ago than it should be. */
  staleSinceMs: number | null;
  sentences: Sentence[];
  setback: boolean;
  asksAgain: boolean;
};
type Stop = Pick<Outcome, 'end'> & {
  question?: Question;
  asking?: Sentence[];
  reason?: string;
  needs?: Level;
  needsSignIn?: boolean;
};
type Signal = Stop | 'next' | 'restart';

/**
 * Runs a task as far as it goes. Its steps are always walked from the top, and a step that was done with the same
 * inputs is passed over: so a corrected slot redoes what depends on it, and nothing else.
 */
export class TaskRunner {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  async run(task: Task, asksAgain = false): Promise<Outcome> {
    const run: Run = {
      task,
      known: scopeOf(this.#context, task),
      data: {},
      staleSinceMs: null,
      sentences: [],
      setback: false,
      asksAgain,
    };
    // Once reached, it may be asked for again when it has decayed.
    if (task.triedFor && isKnown(task.triedFor, this.#context.session)) task.triedFor = null;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      run.data = {};
      run.staleSinceMs = null;
      for (const slot of task.playbook.slots.values()) {
        fillFromKnown(task, slot, this.#context.memory, this.#scope(run));
      }
      const signal = await this.#walk(run, task.playbook.steps);
      if (signal === 'restart') continue;
      if (signal === 'next') return this.#outcome(run, { end: 'done' });
      return this.#outcome(run, signal);
    }
    return this.#outcome(run, {
      end: 'handOver',
      reason: 'The system refused the same request again and again.',
    });
  }

  #outcome(run: Run, stop: Stop): Outcome {
    const { sentences, setback } = run;
    return {
      sentences,
      setback,
      end: stop.end,
      question: stop.question ?? null,
      asking: stop.asking ?? [],
      reason: stop.reason ?? '',
      needs: stop.needs ?? 'verified',
      needsSignIn: stop.needsSignIn ?? false,
    };
  }

  async #walk(run: Run, steps: readonly Step[]): Promise<Signal> {
    for (const step of steps) {
      if (step.when && !step.when.holds(this.#scope(run))) continue;
      const signal = await this.#step(run, step);
      if (signal !== 'next') return signal;
    }
    return 'next';
  }

  async #step(run: Run, step: Step): Promise<Signal> {
    switch (step.verb) {
      case 'block':
        return this.#walk(run, step.steps);
      case 'call':
        return this.#call(run, step);
      case 'ask':
        return this.#ask(run, step);
      case 'confirm':
        return this.#confirm(run, step);
      case 'say':
        return this.#sayOnce(run, step.id, step.say);
      case 'signIn':
        if (isKnown('verified', this.#context.session)) return 'next';
        return this.#needLevel(run, 'verified', step.say, step.id);
      case 'handOver':
        return { end: 'handOver', reason: step.reason };
      case 'done':
        return { end: 'done' };
    }
  }

  async #call(run: Run, step: CallStep): Promise<Signal> {
    const { session, clock } = this.#context;
    const { task } = run;
    if (!mayCall(step.operation, session)) {
      return this.#needLevel(run, step.operation.needs, null, step.operation.name);
    }
    const args = this.#args(run, step);
    const inputs = JSON.stringify([step.operation.name, args]);
    const earlier = task.outcomeOf(step.id, inputs);
    if (earlier !== undefined) {
      keep(run, step, earlier as JsonObject, task.staleSinceOf(step.id));
      return 'next';
    }
    const answer = await askSystem(this.#context, { task, step, args, inputs });
    if (answer.kind === 'failed') {
      return {
        end: 'waiting',
        question: { kind: 'retry', task },
        asking: this.#context.speaker.phrase('failed'),
      };
    }
    if (answer.kind === 'refused') return this.#refused(run, step, answer.reason);
    const { data, state, asOfMs } = answer.told;
    if (state === 'deferred') return this.#deferred(run, step);
    const staleSinceMs = state === 'stale' ? asOfMs : null;
    task.complete(step.id, inputs, data, clock.epochMs(), staleSinceMs);
    const told = run.staleSinceMs !== null;
    keep(run, step, data, staleSinceMs);
    if (staleSinceMs !== null && !told) this.#tellAge(run, staleSinceMs);
    if (step.operation.kind === 'action') {
      // Whatever happens to this contact now, the next one knows that it is done.
      noteProgress(this.#context, task, null);
      this.#context.notes.flush();
    }
    return 'next';
  }

  /** An action is noted: what would be said of its result is not known, so the task is over. */
  #deferred(run: Run, { deferred }: CallStep): Signal {
    const { speaker } = this.#context;
    const own = deferred ? speaker.say(deferred, this.#values(run)) : [];
    run.sentences.push(...(own.length > 0 ? own : speaker.phrase('deferred')));
    return { end: 'done' };
  }

  /** Old data is never passed off as what is true now. */
  #tellAge(run: Run, staleSinceMs: number): void {
    const { speaker, clock, language } = this.#context;
    const value = ageOf(staleSinceMs, clock.epochMs(), language);
    run.sentences.push(...speaker.phrase('asOf', { value }));
  }

  #refused(run: Run, step: CallStep, reason: string): Signal {
    const { speaker } = this.#context;
    const reaction: Reaction | undefined = step.refused.get(reason) ?? run.task.playbook.refused.get(reason);
    if (!reaction) {
      if (reason === 'not_signed_in') return this.#needLevel(run, 'verified', null, step.operation.name);
      const question: Question = { kind: 'human', reason: `${step.operation.name} was refused: ${reason}` };
      return { end: 'waiting', question, asking: speaker.phrase('refused') };
    }
    if (reaction.say) run.sentences.push(...speaker.say(reaction.say, this.#values(run)));
    if (reaction.next === 'handOver') return { end: 'handOver', reason: `${step.operation.name}: ${reason}` };
    if (reaction.next === 'done') return { end: 'done' };
    for (const name of reaction.forget) {
      run.task.reject(name);
      this.#context.memory.delete(name);
    }
    run.setback = true;
    run.asksAgain = true;
    return 'restart';
  }

  #ask(run: Run, { slot }: AskStep): Signal {
    const { task } = run;
    const { speaker, memory } = this.#context;
    const scope = this.#scope(run);
    fillFromKnown(task, slot, memory, scope);
    const held = task.slots.get(slot.name);
    // What was not heard to the letter is asked about; a doubtful one waits for its re-reading, if there is one.
    if (held && (held.certain || slot.secret || (!held.resolved && task.playbook.reRead.has(slot.name))))
      return 'next';
    if (held) {
      const value = speakSlot(this.#context, slot, held, scope.today);
      const own = slot.check && speaker.say(slot.check, valuesOf(this.#context, task.playbook, task, scope));
      const phrase = speaker.phrase(held.resolved ? 'didYouMean' : 'heard', value ? { value } : {});
      return { end: 'waiting', question: { kind: 'value', task, slot }, asking: own?.length ? own : phrase };
    }
    const wording = run.asksAgain ? slot.again : slot.ask;
    return {
      end: 'waiting',
      question: { kind: 'slot', task, slot },
      asking: speaker.say(wording, this.#values(run)),
    };
  }

  #confirm(run: Run, step: ConfirmStep): Signal {
    const { task } = run;
    const inputs = JSON.stringify(task.slotValues());
    if (task.outcomeOf(step.id, inputs) !== undefined) return 'next';
    const question: Question = {
      kind: 'confirm',
      task,
      stepId: step.id,
      inputs,
      slots: step.slots,
      no: step.no,
    };
    return { end: 'waiting', question, asking: this.#context.speaker.say(step.say, this.#values(run)) };
  }

  #sayOnce(run: Run, stepId: string, wording: Parameters<CallContext['speaker']['say']>[0]): Signal {
    const { speaker } = this.#context;
    const values = this.#values(run);
    const inputs = speaker.inputsOf(wording, values);
    if (run.task.outcomeOf(stepId, inputs) !== undefined) return 'next';
    const said = speaker.say(wording, values);
    run.sentences.push(...(said.length > 0 ? said : speaker.phrase('noDetail')));
    run.task.complete(stepId, inputs, true, this.#context.clock.epochMs());
    return 'next';
  }

  /** The caller proves who they are, where the site lets them and it was not tried in vain; else they sign in. */
  #needLevel(run: Run, needs: Level, wording: Reaction['say'], reason: string): Stop {
    const { library, session, speaker, notes } = this.#context;
    const way = library.site.verification;
    const canProve = way !== null && session.verifier && run.task.playbook.name !== way.playbook;
    if (canProve && run.task.triedFor === null) {
      run.task.triedFor = needs;
      const standing = session.verifier.explain();
      notes.add({
        kind: 'decision',
        data: { decision: 'verification_needed', reason, level: needs, standing },
      });
      return { end: 'verify', needs };
    }
    notes.add({ kind: 'decision', data: { decision: 'sign_in_needed', reason } });
    const own = wording ? speaker.say(wording, this.#values(run)) : [];
    run.sentences.push(...(own.length > 0 ? own : speaker.phrase('signInNeeded')));
    return { end: 'done', needsSignIn: true };
  }

  #args(run: Run, step: CallStep): JsonObject {
    const scope = this.#scope(run);
    const args: JsonObject = {};
    for (const [name, expression] of step.args) {
      const value = expression.evaluate(scope);
      if (value !== undefined && value !== null) args[name] = value;
    }
    return args;
  }

  /** What the session knows is read once a run; slots and data grow while it goes on. */
  #scope(run: Run): Scope {
    const { known, task, data, staleSinceMs } = run;
    const asOfMs = staleSinceMs ?? known.nowMs;
    return { ...known, slots: task.slotValues(), data, stale: staleSinceMs !== null, asOfMs };
  }

  #values(run: Run) {
    return valuesOf(this.#context, run.task.playbook, run.task, this.#scope(run));
  }
}

/** An answer goes under its own names (`{ order }` is `data.order`), or whole under the name of `into`. */
function keep(run: Run, step: CallStep, answer: JsonObject, staleSinceMs: number | null): void {
  if (staleSinceMs !== null) run.staleSinceMs = Math.min(staleSinceMs, run.staleSinceMs ?? staleSinceMs);
  if (step.into) run.data[step.into] = answer;
  else Object.assign(run.data, answer);
}
