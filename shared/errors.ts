/** The one error catalogue: documentation and tests are bound to it. */
type ErrorEntry = { status: number; retryable: boolean; message: string };

export const ERRORS = {
  BAD_REQUEST: { status: 400, retryable: false, message: 'The message does not have the expected shape.' },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false, message: 'The message is larger than allowed.' },
  NOT_FOUND: { status: 404, retryable: false, message: 'There is nothing at this address.' },
  RATE_LIMITED: { status: 429, retryable: true, message: 'Too many requests; wait a moment.' },
  INTERNAL: { status: 500, retryable: true, message: 'Something failed on our side.' },
  ADMIN_KEY_INVALID: {
    status: 401,
    retryable: false,
    message: 'This address needs the admin key as bearer token.',
  },
  SITE_UNKNOWN: { status: 404, retryable: false, message: 'No site has this key.' },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    retryable: false,
    message: 'This origin is not on the allow-list of the site.',
  },
  IDENTITY_INVALID: {
    status: 401,
    retryable: false,
    message: 'The identity token is not valid for this site.',
  },
  IDENTITY_EXPIRED: {
    status: 401,
    retryable: true,
    message: 'The identity token has expired; sign a fresh one.',
  },
  CONTEXT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The context is too deep, too large or not plain JSON.',
  },
  SESSION_TOKEN_INVALID: { status: 401, retryable: false, message: 'The session token is not valid.' },
  SESSION_TOKEN_EXPIRED: {
    status: 401,
    retryable: true,
    message: 'The session token has expired; open a session again.',
  },
  SESSION_UNKNOWN: { status: 404, retryable: false, message: 'No session has this id.' },
  CALL_UNKNOWN: { status: 404, retryable: false, message: 'No call has this id.' },
  CALL_IN_PROGRESS: { status: 409, retryable: false, message: 'This session is already in a call.' },
  CALL_NOT_STARTED: { status: 409, retryable: false, message: 'Start the call before this message.' },
  CALL_STEP_OUT_OF_ORDER: {
    status: 409,
    retryable: false,
    message: 'This message does not fit the state of the call.',
  },
  CAPACITY_REACHED: { status: 503, retryable: true, message: 'All lines are busy; try again in a moment.' },
  SHUTTING_DOWN: { status: 503, retryable: true, message: 'The server is stopping; try again in a moment.' },
  MEDIA_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'Audio is not available on this server; text is.',
  },
  MEDIA_CODEC_UNSUPPORTED: {
    status: 415,
    retryable: false,
    message: 'Audio must be Opus, mono or stereo, at 48 kHz.',
  },
  MEDIA_TRANSPORT_FAILED: { status: 502, retryable: true, message: 'The audio connection failed.' },
  SPEECH_UNAVAILABLE: { status: 503, retryable: true, message: 'A speech engine is not available.' },
  WEBHOOK_INVALID: {
    status: 401,
    retryable: false,
    message: 'The webhook is not signed with the secret of this site, or too old.',
  },
  CONNECTOR_FAILED: {
    status: 502,
    retryable: true,
    message: 'A system behind the assistant did not answer.',
  },
  CONNECTOR_REFUSED: {
    status: 409,
    retryable: false,
    message: 'A system behind the assistant refused the request.',
  },
  PLAYBOOK_INVALID: { status: 500, retryable: false, message: 'A playbook is not valid.' },
  CONFIG_INVALID: { status: 500, retryable: false, message: 'The configuration is not valid.' },
  PORT_IN_USE: { status: 500, retryable: false, message: 'A port that the server needs is in use.' },
  ADDRESS_UNAVAILABLE: {
    status: 500,
    retryable: false,
    message: 'The configured address does not belong to this machine.',
  },
  LEDGER_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'The record of interactions cannot be reached; try again in a moment.',
  },
  LEDGER_EVENT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The record of interactions cannot hold this event.',
  },
  CUSTOMER_UNKNOWN: { status: 404, retryable: false, message: 'Nothing is known of this customer.' },
  WEBHOOK_UNKNOWN: { status: 404, retryable: false, message: 'No webhook has this name.' },
  DATABASE_UNAVAILABLE: { status: 503, retryable: true, message: 'The database cannot be reached.' },
  NODE_UNREACHABLE: {
    status: 503,
    retryable: true,
    message: 'Another server of the cluster does not answer; try again in a moment.',
  },
  DATABASE_IN_USE: {
    status: 500,
    retryable: false,
    message: 'Another server uses the data folder; set SEGUE_DATA_DIR to another.',
  },
  MODEL_MISSING: { status: 503, retryable: false, message: 'A model file is missing.' },
  MODEL_INVALID: { status: 503, retryable: false, message: 'A model file is damaged or another one.' },
  NETWORK_UNREACHABLE: { status: 503, retryable: true, message: 'The server could not be reached.' },
  CALL_CANCELLED: {
    status: 409,
    retryable: true,
    message: 'The call was given up before it was answered.',
  },
  MICROPHONE_UNAVAILABLE: {
    status: 409,
    retryable: true,
    message: 'The microphone cannot be used; the call is in writing.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the catalogue. `detail` says what exactly is wrong; it is logged, so it holds no personal data. */
export class SegueError extends Error {
  override readonly name = 'SegueError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ? `${ERRORS[code].message} ${detail}` : ERRORS[code].message, options);
    this.code = code;
    this.status = ERRORS[code].status;
    this.retryable = ERRORS[code].retryable;
    this.detail = detail;
  }

  /** What may be told to the other side. */
  toWire(): { code: ErrorCode; message: string; retryable: boolean } {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }

  /** Any thrown value as an error of the catalogue; unknown ones become INTERNAL without their text. */
  static from(thrown: unknown): SegueError {
    return thrown instanceof SegueError ? thrown : new SegueError('INTERNAL', undefined, { cause: thrown });
  }
}
