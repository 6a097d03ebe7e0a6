import { describe, expect, it } from 'vitest';
import { FAILED, NOT_UNDERSTOOD } from '../../../client/bridge/bridgeProtocol.ts';
import { CallError, CLIENT_ERRORS } from '../../../client/call/callError.ts';
import { BAD_EVENT, UNREACHABLE } from '../../../client/widget/launcherErrors.ts';
import { ERRORS, type ErrorCode } from '../../../shared/errors.ts';

describe('errors of the client', () => {
  it('says what the catalogue says', () => {
    for (const [code, { message, retryable }] of Object.entries(CLIENT_ERRORS)) {
      expect(ERRORS[code as ErrorCode], code).toMatchObject({ message, retryable });
    }
    for (const { code, ...said } of [UNREACHABLE, NOT_UNDERSTOOD, FAILED]) {
      expect(ERRORS[code], code).toMatchObject(said);
    }
    // Which part of the message it is, is said in its own words.
    expect(ERRORS[BAD_EVENT.code]).toMatchObject({ retryable: BAD_EVENT.retryable });
  });

  it('takes the error out of an answer, wrapped or not, and makes do with anything else', () => {
    const wire = { code: 'SITE_UNKNOWN', message: 'No.', retryable: false } as const;
    expect(CallError.fromBody({ error: wire }).toWire()).toEqual(wire);
    expect(CallError.fromBody(wire).toWire()).toEqual(wire);
    for (const body of [null, '<html>', { error: 'Bad Gateway' }, 3]) {
      expect(CallError.fromBody(body).code).toBe('INTERNAL');
    }
  });
});
