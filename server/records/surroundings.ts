import type { SourceFile, SourcePath } from '../yaml/sourceFile.ts';
import { compilePath, type Path } from './mapping.ts';

/** The file that is compiled and the environment around it; what is wrong with either is reported at its place. */
export class Surroundings {
  readonly file: SourceFile;
  readonly #env: NodeJS.ProcessEnv;

  constructor(file: SourceFile, env: NodeJS.ProcessEnv) {
    this.file = file;
    this.#env = env;
  }

  /** What a variable holds. */
  secret(path: SourcePath, name: string): string {
    const value = this.#env[name];
    if (!value) this.file.report(path, `the environment has no ${name}`);
    return value ?? '';
  }

  /** A text with `${NAME}` from the environment. */
  expand(path: SourcePath, text: string): string {
    return text.replaceAll(/\$\{([A-Z0-9_]+)\}/g, (_, name: string) => this.secret(path, name));
  }

  /** An http or https address of origin and path, without a slash at its end. */
  url(path: SourcePath, source: string): string {
    const text = this.expand(path, source);
    const url = URL.parse(text);
    if (!url || !['http:', 'https:'].includes(url.protocol)) {
      this.file.report(path, 'is no http or https address');
      return '';
    }
    if (url.username || url.password || url.search || url.hash) {
      this.file.report(path, 'is more than origin and path');
    }
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }

  /** A JSONPath; a broken one is reported. */
  path(place: SourcePath, source: string): Path | null {
    try {
      return compilePath(source);
    } catch (error) {
      this.file.report(place, `is no JSONPath: ${error instanceof Error ? error.message : ''}`);
      return null;
    }
  }
}
