import type { Attendant } from './callParts.ts';
import { type Deadlines, LIMITS_MS } from './deadlines.ts';
import { type DeviceLine, follows, isSameLine } from './deviceLine.ts';

/** Which device attends a call, and how long the call waits for one. */
export class Attendance {
  readonly #deadlines: Deadlines;
  readonly #leaveGraceMs: number;
  #attendant: Attendant | null = null;
  /** Of whoever attended last. */
  #line: DeviceLine | null = null;

  constructor(deadlines: Deadlines, leaveGraceMs: number) {
    this.#deadlines = deadlines;
    this.#leaveGraceMs = leaveGraceMs;
  }

  /** Whether a device that connects goes on by itself: nobody attends, or its own socket of before, which may be dead. */
  isOpenTo(line: DeviceLine | null): boolean {
    return !this.#attendant || follows(line, this.#attendant.line);
  }

  /** A device listens (again); one that listened before has to go. True: another page or device than the last. */
  begin(attendant: Attendant): boolean {
    const { line } = attendant;
    const before = this.#attendant;
    const another = !isSameLine(this.#line, line);
    this.#attendant = attendant;
    this.#line = line;
    if (before && before !== attendant) before.taken({ elsewhere: !isSameLine(before.line, line) });
    this.#deadlines.clear('unattended');
    return another;
  }

  /** It listens no more; without another the call waits for one: not long when the visitor has left the page. */
  end(attendant: Attendant, { left, begun }: { left: boolean; begun: boolean }): void {
    if (this.#attendant !== attendant) return;
    this.#attendant = null;
    const limit = begun ? 'unattended' : 'unanswered';
    if (left) this.#deadlines.set('unattended', this.#leaveGraceMs, 'caller');
    else this.#deadlines.set('unattended', LIMITS_MS[limit], 'disconnected');
  }

  /** The call goes to where the device of this line is. */
  depart(line: DeviceLine | null): void {
    const attendant = this.#attendant;
    attendant?.taken({ elsewhere: !isSameLine(line, attendant.line) });
  }
}
