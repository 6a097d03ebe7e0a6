-- What running calls and open sessions need to go on when their server is lost. Short-lived, and all of it personal.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  site text NOT NULL,
  -- Empty once it is erased.
  data jsonb NOT NULL,
  touched_ms bigint NOT NULL,
  -- Somebody was erased: nothing more of it is kept.
  erased boolean NOT NULL
);

CREATE INDEX sessions_touched ON sessions (touched_ms);

CREATE TABLE calls (
  id text PRIMARY KEY,
  session_id text NOT NULL,
  site text NOT NULL,
  -- The process that runs the call, until the lease ends; null: it has given it up.
  owner text,
  -- Grows with every take-over, so that of two that try only one succeeds, and who was owner before writes no more.
  epoch integer NOT NULL,
  lease_until_ms bigint NOT NULL,
  -- Empty once it has ended or is erased.
  checkpoint jsonb NOT NULL,
  ended_ms bigint,
  erased boolean NOT NULL
);

CREATE INDEX calls_session ON calls (session_id) WHERE ended_ms IS NULL;
CREATE INDEX calls_lease ON calls (lease_until_ms) WHERE ended_ms IS NULL;
CREATE INDEX calls_ended ON calls (ended_ms) WHERE ended_ms IS NOT NULL;
