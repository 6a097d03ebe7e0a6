import type { ErrorCode } from './errors.ts';

/** An error as it crosses a socket or HTTP. */
export type WireError = { code: ErrorCode; message: string; retryable: boolean };

/** The answer to every acknowledged socket message. */
export type Result<Value> = { ok: true; data: Value } | { ok: false; error: WireError };
