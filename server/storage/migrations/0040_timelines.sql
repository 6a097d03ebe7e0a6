-- Timelines of calls, where several servers may run one call after the other. What was said is in them.
CREATE TABLE timeline_entries (
  -- In the order of appending.
  seq bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  call_id text NOT NULL,
  entry jsonb NOT NULL
);

CREATE INDEX timeline_entries_call ON timeline_entries (call_id, seq);

-- Calls of somebody who was erased: they may still run, and nothing more of them is kept.
CREATE TABLE timeline_erasures (
  call_id text PRIMARY KEY
);
