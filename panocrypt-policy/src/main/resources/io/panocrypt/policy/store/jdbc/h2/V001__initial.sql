-- Numbers shared by all nodes; the policy epoch is the only one.
CREATE TABLE panocrypt_meta (
    name VARCHAR NOT NULL PRIMARY KEY,
    "value" BIGINT NOT NULL
);
INSERT INTO panocrypt_meta (name, "value") VALUES ('epoch', 1);

-- Records that operators edit. The bodies are opaque to the database.
CREATE TABLE panocrypt_record (
    kind VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    body VARCHAR NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE panocrypt_unique_term (
    kind VARCHAR NOT NULL,
    term VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (kind, term),
    FOREIGN KEY (kind, id) REFERENCES panocrypt_record (kind, id)
);
CREATE INDEX panocrypt_unique_term_of_record ON panocrypt_unique_term (kind, id);

CREATE TABLE panocrypt_term (
    kind VARCHAR NOT NULL,
    term VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (kind, id, term),
    FOREIGN KEY (kind, id) REFERENCES panocrypt_record (kind, id)
);
-- The primary key finds a record's terms, this index a term's records.
CREATE INDEX panocrypt_term_of_many ON panocrypt_term (kind, term, id);

-- Grants that are spent, cancelled or expired are kept for readers of the history.
CREATE TABLE panocrypt_device_grant (
    id VARCHAR NOT NULL PRIMARY KEY,
    device_id VARCHAR NOT NULL,
    uses INTEGER NOT NULL,
    uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    cancelled INTEGER NOT NULL,
    body VARCHAR NOT NULL
);
CREATE INDEX panocrypt_device_grant_open ON panocrypt_device_grant (device_id, expires_ms);

-- Append-only: unlocks, audit and checkpoints of all nodes.
CREATE TABLE panocrypt_journal (
    chain VARCHAR NOT NULL,
    sequence BIGINT NOT NULL,
    entry_id VARCHAR NOT NULL UNIQUE,
    kind VARCHAR NOT NULL,
    time_ms BIGINT NOT NULL,
    device_id VARCHAR,
    body VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    PRIMARY KEY (chain, sequence)
);
CREATE INDEX panocrypt_journal_newest ON panocrypt_journal (kind, time_ms, chain, sequence);
CREATE INDEX panocrypt_journal_newest_of_device ON panocrypt_journal (device_id, kind, time_ms, chain, sequence);

-- Work to be done after a commit. States: 0 waits, 1 is done, 2 is a dead letter. Done entries are kept for a while
-- without their body, which prevents an entry with the same id.
CREATE TABLE panocrypt_outbox (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id VARCHAR NOT NULL UNIQUE,
    topic VARCHAR NOT NULL,
    lane VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    state INTEGER NOT NULL,
    created_ms BIGINT NOT NULL,
    -- When it may be leased; after it is settled, when that was.
    due_ms BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease VARCHAR,
    cause VARCHAR NOT NULL
);
CREATE INDEX panocrypt_outbox_due ON panocrypt_outbox (state, due_ms, position);
CREATE INDEX panocrypt_outbox_of_lane ON panocrypt_outbox (lane, state, position);
