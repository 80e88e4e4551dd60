-- Each unlock reads these. Without a rowid a row is stored in the tree of its key, and one search finds it instead of
-- two; with a million devices an unlock reads a quarter fewer pages.
CREATE TABLE panocrypt_meta_2 (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO panocrypt_meta_2 (name, value) SELECT name, value FROM panocrypt_meta;
DROP TABLE panocrypt_meta;
ALTER TABLE panocrypt_meta_2 RENAME TO panocrypt_meta;

CREATE TABLE panocrypt_unique_term_2 (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, term),
    FOREIGN KEY (kind, id) REFERENCES panocrypt_record (kind, id)
) WITHOUT ROWID;
INSERT INTO panocrypt_unique_term_2 (kind, term, id)
SELECT kind, term, id FROM panocrypt_unique_term ORDER BY kind, term;
DROP TABLE panocrypt_unique_term;
ALTER TABLE panocrypt_unique_term_2 RENAME TO panocrypt_unique_term;
CREATE INDEX panocrypt_unique_term_of_record ON panocrypt_unique_term (kind, id);

CREATE TABLE panocrypt_term_2 (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    term TEXT NOT NULL,
    PRIMARY KEY (kind, id, term),
    FOREIGN KEY (kind, id) REFERENCES panocrypt_record (kind, id)
) WITHOUT ROWID;
INSERT INTO panocrypt_term_2 (kind, id, term) SELECT kind, id, term FROM panocrypt_term ORDER BY kind, id, term;
DROP TABLE panocrypt_term;
ALTER TABLE panocrypt_term_2 RENAME TO panocrypt_term;
CREATE INDEX panocrypt_term_of_many ON panocrypt_term (kind, term, id);
