import type { StackHost } from '../contract.ts';
import { subjectOf } from '../session/browserIds.ts';
import { CallTabs, type TabCall } from '../session/callTabs.ts';
import { type RunningCall, RunningCallStore } from '../session/runningCall.ts';
import { runningCallKey } from '../session/runningCallKey.ts';
import { wantsAttention } from './attention.ts';
import { CallError } from './callError.ts';
import type { CallFlow } from './callFlow.ts';
import { type CallModel, isActive, isSoundless } from './callModel.ts';

const MOST_LINES_TOLD = 30;

/**
 * The call outlives the page: what the next page needs is kept while the call is on, a page that is left lets go of it
 * without ending it, and one that is opened or shown again goes on with it. Of several tabs one has the call.
 */
export class CallContinuity {
  readonly #host: StackHost;
  readonly #flow: CallFlow;
  readonly #store: RunningCallStore;
  readonly #tabs: CallTabs;
  #elsewhere: RunningCall | null = null;
  #finding: Promise<void> | null = null;
  /** The call of before is being gone on with. */
  #resuming: Promise<void> | null = null;
  /** Its tab is gone, and the call waits. */
  #orphaned = false;
  /** Who the visitor was when the call began. */
  #who: string | null = null;
  #written = '';

  constructor(host: StackHost, flow: CallFlow) {
    this.#host = host;
    this.#flow = flow;
    this.#store = new RunningCallStore(() => ({ url: host.serverUrl, site: host.site }));
    this.#tabs = new CallTabs(runningCallKey(host.serverUrl, host.site), {
      own: () => this.#own(),
      onElsewhere: (there) => this.#showElsewhere(there),
      onOrphaned: () => {
        this.#orphaned = true;
        this.#adopt();
      },
    });
    flow.on('model', (after, before) => this.#modelChanged(after, before));
    flow.on('ticket', () => this.changed());
    flow.on('taken', () => this.#taken());
    window.addEventListener('pagehide', this.#onHide);
    window.addEventListener('pageshow', this.#onShow);
    document.addEventListener('visibilitychange', this.#adopt);
  }

  /** Goes on with the call of this tab's page before, or learns of another tab's. */
  find(): void {
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null;
    });
  }

  /** Calls; or goes on with the call that is on already, of the page before or of another tab. */
  async call(): Promise<void> {
    await this.#found();
    await (this.#elsewhere ? this.take() : this.#flow.start('voice'));
  }

  /** Ends the call that is on, also one that this page has only begun to go on with. */
  async hangUp(): Promise<void> {
    await this.#found();
    await this.#flow.hangUp();
  }

  /** Without `on` it changes over. */
  async mute(on?: boolean): Promise<void> {
    await this.#found();
    await this.#flow.mute(on ?? !this.#flow.model.muted);
  }

  /** Says it in the call that is on, of the page before or of another tab as well; where there is none, in one of its own. */
  async sendText(text: string): Promise<void> {
    await this.#found();
    if (this.#elsewhere) this.#takeOver(this.#elsewhere).catch(() => {});
    const resuming = this.#resuming;
    try {
      await this.#flow.sendText(text);
    } catch (error) {
      // The call of before has ended meanwhile.
      const isOver = await resuming?.catch((thrown: unknown) => CallError.from(thrown).isOver);
      if (!isOver) throw error;
      await this.#flow.sendText(text);
    }
  }

  /** Until it is known whether there is a call to go on with; whoever asks may be the first to look. */
  async #found(): Promise<void> {
    if (isActive(this.#flow.model.state)) return;
    this.find();
    await this.#finding;
  }

  async #find(): Promise<void> {
    if (isActive(this.#flow.model.state)) return;
    if (!this.#store.read()) {
      this.#tabs.ask();
      return;
    }
    const mine = await this.#tabs.claim(false);
    const call = this.#store.read();
    if (!mine || !call) {
      // A duplicate of the tab that has the call.
      this.#tabs.ask();
      return;
    }
    this.#who = call.who;
    if (call.panelOpen) this.#host.openPanel(false);
    this.#resume(call).catch(() => {});
  }

  /** The visitor wants the call here and not in the other tab. */
  async take(): Promise<void> {
    const call = this.#elsewhere;
    if (!call) return;
    const resumed = this.#takeOver({ ...call, muted: false });
    // They have just tapped.
    this.#flow.goOn();
    await resumed;
  }

  /** The visitor has closed the tab with the call and looks at this one: the site is not left. */
  readonly #adopt = (): void => {
    const call = this.#elsewhere;
    if (!call || !this.#orphaned || document.visibilityState !== 'visible') return;
    if (call.panelOpen) this.#host.openPanel(false);
    this.#takeOver(call).catch(() => {});
  };

  async #takeOver(call: RunningCall): Promise<void> {
    this.#elsewhere = null;
    this.#orphaned = false;
    this.#who = call.who;
    void this.#tabs.claim(true);
    await this.#resume(call);
  }

  /** Whether another tab has the call. */
  get elsewhere(): boolean {
    return this.#elsewhere !== null;
  }

  /** Something of what is kept may be another: looked at again. */
  changed(): void {
    const own = this.#own();
    if (!own) return;
    if (this.#isSomebodyElse(own.call.who)) {
      void this.#flow.hangUp();
      return;
    }
    const text = JSON.stringify(own.call);
    if (text === this.#written) return;
    this.#written = text;
    this.#store.write(own.call);
  }

  close(): void {
    window.removeEventListener('pagehide', this.#onHide);
    window.removeEventListener('pageshow', this.#onShow);
    document.removeEventListener('visibilitychange', this.#adopt);
    this.#tabs.close();
  }

  async #resume(call: RunningCall): Promise<void> {
    this.#resuming = this.#flow.resume(call);
    try {
      await this.#resuming;
    } catch (error) {
      // Left before it was live: the next page tries. Else there is nothing to go on with.
      if (CallError.from(error).code !== 'CALL_CANCELLED') {
        this.#forget();
        this.#tabs.release('gone');
        this.#showElsewhere(null);
      }
      throw error;
    } finally {
      this.#resuming = null;
    }
  }

  #modelChanged(after: CallModel, before: CallModel): void {
    const [on, wasOn] = [isActive(after.state), isActive(before.state)];
    if (after.state === 'connecting' && !wasOn) {
      this.#who = this.#visitor();
      this.#elsewhere = null;
      void this.#tabs.claim(true);
    }
    if (on) {
      this.changed();
      this.#tabs.tell();
    }
    if (wasOn && after.state !== 'idle' && !on) {
      this.#forget();
      this.#tabs.release('gone');
    }
    // Nobody has asked for it to open, so only a keyboard on the launcher, which goes, moves.
    if (wantsAttention(after, before)) this.#host.openPanel(this.#host.shadow.activeElement !== null);
  }

  #own(): TabCall | null {
    const { model, ticket } = this.#flow;
    const { callId, muted, lines, unsent } = model;
    const blocked = isSoundless(model);
    // Who has lost the microphone still hears, and may have one on the next page.
    const mode = model.canTalkAgain && !blocked ? 'voice' : model.mode;
    if (!isActive(model.state) || !callId || !ticket) return null;
    const { sessionId, token } = ticket;
    const { panelOpen } = this.#host;
    const call = { callId, sessionId, token, mode, blocked, muted, unsent, panelOpen, who: this.#who };
    return { call, lines: lines.slice(-MOST_LINES_TOLD) };
  }

  #showElsewhere(there: TabCall | null): void {
    if (isActive(this.#flow.model.state)) return;
    this.#elsewhere = there?.call ?? null;
    this.#orphaned = false;
    this.#flow.showElsewhere(there?.lines ?? null);
    // A panel that has no call to show any more; nobody has asked for it to close, so only a keyboard in it moves.
    if (this.#flow.model.state !== 'idle' || there || this.#finding) return;
    this.#host.minimisePanel(this.#host.shadow.activeElement !== null);
  }

  #taken(): void {
    this.#forget();
    this.#tabs.ask();
  }

  #forget(): void {
    this.#written = '';
    this.#store.remove();
  }

  #visitor(): string | null {
    const { identity } = this.#host;
    if (!identity) return null;
    try {
      return subjectOf(identity);
    } catch {
      return null;
    }
  }

  /** A call knows who it has begun with; it is not for whoever signs in on the next page. */
  #isSomebodyElse(who: string | null): boolean {
    const visitor = this.#visitor();
    return who !== null && visitor !== null && who !== visitor;
  }

  readonly #onHide = (): void => {
    if (isActive(this.#flow.model.state)) {
      this.changed();
      this.#flow.leave();
      this.#tabs.release('left');
    }
    this.#tabs.close();
  };

  readonly #onShow = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    this.#tabs.open();
    this.find();
  };
}
