-- Somebody of one site; known by handles, or by nothing but one session.
CREATE TABLE people (
  id text PRIMARY KEY,
  site text NOT NULL,
  created_ms bigint NOT NULL
);

-- What a person is recognised by. `value` is personal; random ids of browsers are kept as digests.
CREATE TABLE person_handles (
  site text NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  person_id text NOT NULL,
  -- Who vouched for it: `signed`, `code`, `channel`, or `kept` for what a browser keeps.
  proof text NOT NULL,
  linked_ms bigint NOT NULL,
  PRIMARY KEY (site, kind, value)
);
CREATE INDEX person_handles_person ON person_handles (person_id);

-- Two that turned out to be one. Nothing is rewritten: a person's thread is that of all ids that lead to one root.
CREATE TABLE person_merges (
  from_id text PRIMARY KEY,
  into_id text NOT NULL,
  proof text NOT NULL,
  merged_ms bigint NOT NULL
);
CREATE INDEX person_merges_into ON person_merges (into_id);

-- Who signed in on a device. With two of them it is nobody's own.
CREATE TABLE device_people (
  site text NOT NULL,
  device text NOT NULL,
  person_id text NOT NULL,
  seen_ms bigint NOT NULL,
  PRIMARY KEY (site, device, person_id)
);
CREATE INDEX device_people_person ON device_people (person_id);

-- What is remembered of a person, drawn from the ledger up to `seq`; it can be thrown away and drawn again.
CREATE TABLE memories (
  person_id text PRIMARY KEY,
  site text NOT NULL,
  seq bigint NOT NULL,
  personal jsonb NOT NULL
);

-- How far what is drawn from the ledger has come, and by which version of its rules.
CREATE TABLE projections (
  name text PRIMARY KEY,
  version integer NOT NULL,
  seq bigint NOT NULL
);
