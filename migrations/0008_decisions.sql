-- Who changed a decision's status, when and why; and what those who decide say of it. The status itself stands in the text.

CREATE TABLE decision_turn (
    id INTEGER PRIMARY KEY,
    doc_id BLOB NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id),
    at INTEGER NOT NULL,
    -- Null where the record said no status that is known.
    before TEXT,
    after TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX decision_turn_by_document ON decision_turn (doc_id, id);

-- The last word of each person; an earlier one is replaced.
CREATE TABLE decision_answer (
    doc_id BLOB NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    agrees INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (doc_id, user_id)
) STRICT, WITHOUT ROWID;
