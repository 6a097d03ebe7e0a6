import type { WireError } from '../../shared/result.ts';

/** A call that did not go as it should; `code` is the server's, or one of ours in lower case. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  static fromWire({ code, message }: WireError): CallError {
    return new CallError(code, message);
  }

  static from(thrown: unknown): CallError {
    if (thrown instanceof CallError) return thrown;
    return new CallError('failed', thrown instanceof Error ? thrown.message : String(thrown));
  }
}
