import { isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

export type SourcePath = readonly PropertyKey[];

/** One YAML file that remembers where everything stands, and what is wrong with it. */
export class SourceFile {
  readonly name: string;
  readonly value: unknown;
  readonly problems: Problem[] = [];
  readonly #root: Node | null;
  readonly #lines = new LineCounter();

  constructor(name: string, text: string) {
    this.name = name;
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    this.#root = document.contents;
    // One broken line makes dozens of errors below it.
    const [error] = document.errors;
    if (error) this.#addAt(error.pos[0], `${error.message} (expected valid YAML)`);
    this.value = this.problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  }

  /** Reports a problem at the value of `path`, or at the nearest thing above it that exists. */
  report(path: SourcePath, message: string, offset = 0): void {
    const node = this.#find(path);
    this.#addAt((node?.range?.[0] ?? 0) + this.#inside(node, offset), message);
  }

  /** Reports a problem at the key itself, e.g. a misspelt one. */
  reportKey(path: SourcePath, key: string, message: string): void {
    const parent = this.#find(path);
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && keyOf(item.key) === key)
      : undefined;
    const node = pair && isNode(pair.key) ? pair.key : parent;
    this.#addAt(node?.range?.[0] ?? 0, message);
  }

  /** Offsets inside a scalar are exact when it stands on one line as it is, after its quote if it has one. */
  #inside(node: Node | null, offset: number): number {
    if (offset === 0 || !isScalar(node)) return 0;
    if (node.type === 'PLAIN') return offset;
    return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? offset + 1 : 0;
  }

  #find(path: SourcePath): Node | null {
    let node = this.#root;
    for (const key of path) {
      const next: unknown = node && 'get' in node ? node.get(key, true) : undefined;
      if (!isNode(next)) break;
      node = next;
    }
    return node;
  }

  #addAt(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ file: this.name, line: Math.max(1, line), column: Math.max(1, col), message });
  }
}

function keyOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}
