-- Numbers shared by all nodes; the policy epoch is the only one.
CREATE TABLE panocrypt_meta (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
);
INSERT INTO panocrypt_meta (name, value) VALUES ('epoch', 1);

-- Records that operators edit. The bodies are opaque to the database.
CREATE TABLE panocrypt_record (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE panocrypt_unique_term (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, term),
    FOREIGN KEY (kind, id) REFERENCES panocrypt_record (kind, id)
);
CREATE INDEX panocrypt_unique_term_of_record ON panocrypt_unique_term (kind, id);

CREATE TABLE panocrypt_term (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, id, term),
    FOREIGN KEY (kind, id) REFERENCES panocrypt_record (kind, id)
);
-- The primary key finds a record's terms, this index a term's records. Both cover all columns: given a choice between a
-- covering index and a better one, SQLite once read the terms of all devices for each unlock.
CREATE INDEX panocrypt_term_of_many ON panocrypt_term (kind, term, id);

-- Grants that are spent, cancelled or expired are kept for readers of the history.
CREATE TABLE panocrypt_device_grant (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL,
    uses INTEGER NOT NULL,
    uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX panocrypt_device_grant_open ON panocrypt_device_grant (device_id, expires_ms);

-- Append-only: unlocks, audit and checkpoints of all nodes.
CREATE TABLE panocrypt_journal (
    chain TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    entry_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    device_id TEXT,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, sequence)
);
CREATE INDEX panocrypt_journal_newest ON panocrypt_journal (kind, time_ms, chain, sequence);
CREATE INDEX panocrypt_journal_newest_of_device ON panocrypt_journal (device_id, kind, time_ms, chain, sequence);

-- Work to be done after a commit. States: 0 waits, 1 is done, 2 is a dead letter. Done entries are kept for a while
-- without their body, which prevents an entry with the same id.
CREATE TABLE panocrypt_outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,
    state INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    -- When it may be leased; after it is settled, when that was.
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lease TEXT,
    cause TEXT NOT NULL
);
CREATE INDEX panocrypt_outbox_due ON panocrypt_outbox (state, due_ms, position);
CREATE INDEX panocrypt_outbox_of_lane ON panocrypt_outbox (lane, state, position);
