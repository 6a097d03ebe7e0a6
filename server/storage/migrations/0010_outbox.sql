-- Actions that are to take effect once, in the order in which they were noted.
CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  site text NOT NULL,
  idempotency_key text NOT NULL,
  -- Entries of one lane are done one after the other.
  lane text NOT NULL,
  operation text NOT NULL,
  -- Personal: what is to be done, and what the system answered.
  args jsonb NOT NULL,
  answer jsonb,
  customer_id text,
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'dead')),
  reason text,
  attempts integer NOT NULL,
  noted_at_ms bigint NOT NULL,
  next_at_ms bigint NOT NULL,
  -- A server that attempts it has until then.
  leased_until_ms bigint,
  ended_at_ms bigint,
  PRIMARY KEY (site, idempotency_key)
);

CREATE INDEX outbox_waiting ON outbox (lane, seq) WHERE state = 'waiting';
CREATE INDEX outbox_customer ON outbox (site, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX outbox_ended ON outbox (ended_at_ms) WHERE ended_at_ms IS NOT NULL;
