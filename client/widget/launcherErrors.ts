/** What the launcher itself tells; those of `shared/errors.ts`, which a test checks. */
export const UNREACHABLE = {
  code: 'NETWORK_UNREACHABLE',
  message: 'The server could not be reached.',
  retryable: true,
} as const;

export const BAD_EVENT = {
  code: 'BAD_REQUEST',
  message: 'Name events by a short word such as payment_failed.',
  retryable: false,
} as const;
