import type { ErrorCode } from '../../shared/errors.ts';
import type { WireError } from '../../shared/result.ts';

/** Errors that arise in the browser; texts and flags are those of `shared/errors.ts`, which a test checks. */
export const CLIENT_ERRORS = {
  NETWORK_UNREACHABLE: { retryable: true, message: 'The server could not be reached.' },
  CALL_CANCELLED: { retryable: true, message: 'The call was given up before it was answered.' },
  MICROPHONE_UNAVAILABLE: {
    retryable: true,
    message: 'The microphone cannot be used; the call is in writing.',
  },
  MEDIA_TRANSPORT_FAILED: { retryable: true, message: 'The audio connection failed.' },
  CALL_NOT_STARTED: { retryable: false, message: 'Start the call before this message.' },
  BAD_REQUEST: { retryable: false, message: 'The message does not have the expected shape.' },
  CONTEXT_INVALID: {
    retryable: false,
    message: 'The context is too deep, too large or not plain JSON.',
  },
  INTERNAL: { retryable: true, message: 'Something failed on our side.' },
} as const satisfies Partial<Record<ErrorCode, { retryable: boolean; message: string }>>;

/** Answers that mean that the call, or its session, is over: nothing to go on with. */
const OVER: ReadonlySet<ErrorCode> = new Set([
  'CALL_NOT_STARTED',
  'SESSION_UNKNOWN',
  'SESSION_TOKEN_EXPIRED',
  'SESSION_TOKEN_INVALID',
]);

/** Nobody answers, or a server that does not get at the call. */
const ASTRAY: ReadonlySet<ErrorCode> = new Set(['NETWORK_UNREACHABLE', 'NODE_UNREACHABLE', 'SHUTTING_DOWN']);

/** What promises of the element reject with: an Error with a `code` of the catalogue. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(error: WireError, cause?: unknown) {
    super(error.message, { cause });
    this.code = error.code;
    this.retryable = error.retryable;
  }

  static of(code: keyof typeof CLIENT_ERRORS, cause?: unknown): CallError {
    return new CallError({ code, ...CLIENT_ERRORS[code] }, cause);
  }

  static from(thrown: unknown): CallError {
    return thrown instanceof CallError ? thrown : CallError.of('INTERNAL', thrown);
  }

  /** An error as the server words it, found in `body.error` or in the body itself. */
  static fromBody(body: unknown): CallError {
    const outer = (body ?? {}) as { error?: unknown };
    const error = (
      typeof outer.error === 'object' && outer.error ? outer.error : outer
    ) as Partial<WireError>;
    if (typeof error.code !== 'string') return CallError.of('INTERNAL', body);
    return new CallError({
      code: error.code,
      message: String(error.message ?? error.code),
      retryable: error.retryable === true,
    });
  }

  get isOver(): boolean {
    return OVER.has(this.code);
  }

  /** The same may be answered otherwise soon, and the call is still there for it. */
  get passes(): boolean {
    return this.retryable && !this.isOver;
  }

  /** The line leads nowhere; another one may lead to where the call is. */
  get isAstray(): boolean {
    return ASTRAY.has(this.code);
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}
