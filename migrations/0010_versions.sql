-- Versions of documents: texts that stay as they were, whatever becomes of the log of changes.
--
-- A version is kept as its difference from the one before it, and whole where a chain of differences has grown as long as the
-- text itself: so much costs what people typed, not what they have, and no row is ever written anew. The checksum is that of
-- the version's whole text, which is what has to be exact.
CREATE TABLE doc_version (
    id INTEGER PRIMARY KEY,
    doc_id BLOB NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    -- From 1, without gaps.
    number INTEGER NOT NULL CHECK (number > 0),
    -- The change after which the document says this text.
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- What made it, and what belongs to that: the status that was set, the version that was restored.
    made TEXT NOT NULL,
    beside TEXT NOT NULL DEFAULT '',
    -- What people call it.
    name TEXT,
    -- Lines that it changed in the version before, and in which sections (a JSON list).
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    sections TEXT NOT NULL DEFAULT '[]',
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    -- The text, or the pieces that make it of the version before (domain::history::delta, as JSON).
    data TEXT NOT NULL,
    crc INTEGER NOT NULL,
    UNIQUE (doc_id, number)
) STRICT;

-- Whose changes a version holds that the one before did not, in the order in which they began.
CREATE TABLE doc_version_author (
    version_id INTEGER NOT NULL REFERENCES doc_version (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    user_id BLOB NOT NULL REFERENCES user (id),
    PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

-- The kinds of `doc_update` besides those of the first migration: 5 written from a template.
