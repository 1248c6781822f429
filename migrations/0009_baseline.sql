-- The review whose open findings a project's gate lets be, until another one is marked.
CREATE TABLE baseline (
    project_id BLOB PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
    review_id BLOB NOT NULL REFERENCES review (id) ON DELETE CASCADE,
    marked_by BLOB NOT NULL REFERENCES user (id),
    marked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
