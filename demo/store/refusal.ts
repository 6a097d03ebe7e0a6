/** Every business "no" of the shop, as told to the systems that ask it. */
export type RefusalReason =
  | 'not_signed_in'
  | 'not_found'
  | 'already_dispatched'
  | 'already_cancelled'
  | 'already_complete'
  | 'not_duplicate'
  | 'not_returnable'
  | 'date_unavailable'
  | 'idempotency_key_reused';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(reason);
    this.reason = reason;
  }
}
