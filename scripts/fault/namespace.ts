import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const IP = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'];

/** A network namespace of its own behind a pair of virtual interfaces: a visitor's machine with one network card. */
export class Namespace {
  readonly name: string;
  /** The address at which the visitor reaches this machine. */
  readonly here: string;
  readonly #network: string;
  readonly #outside: string;
  #last = 2;

  private constructor(name: string, network: string) {
    this.name = name;
    this.#network = network;
    this.here = `${network}.1`;
    this.#outside = `${name}o`;
  }

  /** Why there can be none on this machine; null if there can. */
  static missing(): string | null {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return 'network namespaces need Linux and root';
    const ip = IP.find(existsSync);
    if (!ip) return 'the program ip (iproute2) is not installed';
    try {
      execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' });
      return null;
    } catch {
      return 'this machine permits no network namespaces';
    }
  }

  static open(): Namespace {
    // At most 15 characters in a name, and networks that two runs at once do not share.
    const space = new Namespace(
      `sg${process.pid}`,
      `10.${200 + (process.pid % 50)}.${(process.pid >> 6) % 250}`,
    );
    const { name, here } = space;
    space.close();
    ip('netns', 'add', name);
    try {
      ip('link', 'add', space.#outside, 'type', 'veth', 'peer', 'name', 'card', 'netns', name);
      ip('addr', 'add', `${here}/24`, 'dev', space.#outside);
      ip('link', 'set', space.#outside, 'up');
      space.#inside('link', 'set', 'lo', 'up');
      space.#inside('addr', 'add', `${space.#network}.2/24`, 'dev', 'card');
      space.up();
    } catch (error) {
      space.close();
      throw error;
    }
    return space;
  }

  down(): void {
    this.#inside('link', 'set', 'card', 'down');
  }

  up(): void {
    this.#inside('link', 'set', 'card', 'up');
  }

  /** The card has another address from now on, as in another network. */
  changeAddress(): void {
    const before = this.#last;
    this.#last = before === 2 ? 3 : 2;
    this.#inside('addr', 'del', `${this.#network}.${before}/24`, 'dev', 'card');
    this.#inside('addr', 'add', `${this.#network}.${this.#last}/24`, 'dev', 'card');
  }

  /** A program in it: the words to put in front of its command line. */
  get prefix(): string[] {
    return [IP.find(existsSync) ?? 'ip', 'netns', 'exec', this.name];
  }

  close(): void {
    for (const args of [
      ['link', 'del', this.#outside],
      ['netns', 'del', this.name],
    ]) {
      try {
        ip(...args);
      } catch {
        // It was not there.
      }
    }
  }

  #inside(...args: string[]): void {
    ip('-n', this.name, ...args);
  }
}

function ip(...args: string[]): void {
  execFileSync(IP.find(existsSync) ?? 'ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
