CREATE TABLE ledger_events (
  -- Grows in the order of commits, because appends follow each other (server/ledger/engines/sql.ts).
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  kind text NOT NULL,
  at_ms bigint NOT NULL,
  site text NOT NULL,
  person_id text,
  session_id text,
  contact_id text,
  channel text NOT NULL,
  data jsonb NOT NULL,
  -- The one column with personal data; an erasure empties it.
  personal jsonb NOT NULL
);

CREATE INDEX ledger_events_person ON ledger_events (site, person_id, seq) WHERE person_id IS NOT NULL;
CREATE INDEX ledger_events_contact ON ledger_events (contact_id, seq) WHERE contact_id IS NOT NULL;
CREATE INDEX ledger_events_expiry ON ledger_events (site, kind, at_ms);

-- People of whom nothing personal is kept, whatever comes later.
CREATE TABLE ledger_erasures (
  site text NOT NULL,
  person_id text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (site, person_id)
);

CREATE TABLE webhooks (
  site text NOT NULL,
  name text NOT NULL,
  -- Everything up to here was taken by the other side.
  after_seq bigint NOT NULL,
  attempts integer NOT NULL,
  next_at_ms bigint NOT NULL,
  -- A server that delivers has until then.
  leased_until_ms bigint NOT NULL,
  -- Why the last attempt failed; null when it did not.
  problem text,
  PRIMARY KEY (site, name)
);
