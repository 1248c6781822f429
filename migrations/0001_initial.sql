-- People, projects, documents with their update logs, reviews and findings.
-- Ids are 16-byte UUIDs; times are milliseconds since 1970 in UTC; hashes of secrets are SHA-256, never the secrets.

CREATE TABLE user (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    admin INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1)),
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE session (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_user ON session (user_id);

CREATE TABLE api_token (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX api_token_by_user ON api_token (user_id);

-- The one-time link that creates the administrator; its row goes when it is used.
CREATE TABLE setup_token (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE project (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    -- The last number given to a decision and to a review, so that numbers are never given twice.
    last_decision INTEGER NOT NULL DEFAULT 0,
    last_review INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE TABLE member (
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor', 'owner')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_user ON member (user_id);

CREATE TABLE invite (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor')),
    invited_by BLOB NOT NULL REFERENCES user (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    used_by BLOB REFERENCES user (id)
) STRICT;
CREATE INDEX invite_by_project ON invite (project_id);

CREATE TABLE document (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('diagram', 'decision')),
    path TEXT NOT NULL,
    -- Derived from the text and refreshed with it, for lists.
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    -- The exact bytes of the imported file, exported again while the text still says the same.
    original BLOB,
    -- The last durable change, and the change that `text` and `title` reflect.
    head_seq INTEGER NOT NULL DEFAULT 0,
    text_seq INTEGER NOT NULL DEFAULT 0,
    snapshot_seq INTEGER NOT NULL DEFAULT 0,
    log_bytes INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by BLOB NOT NULL REFERENCES user (id),
    deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX document_by_path ON document (project_id, path) WHERE deleted_at IS NULL;

-- One row per author and batch; committed before it is acknowledged or shown to anyone.
CREATE TABLE doc_update (
    id INTEGER PRIMARY KEY,
    doc_id BLOB NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    author_id BLOB NOT NULL REFERENCES user (id),
    at INTEGER NOT NULL,
    -- 0 edit, 1 import, 2 restore, 3 applied suggestion, 4 API
    kind INTEGER NOT NULL,
    data BLOB NOT NULL CHECK (length(data) <= 8388608),
    crc INTEGER NOT NULL,
    UNIQUE (doc_id, seq)
) STRICT;

CREATE TABLE doc_snapshot (
    doc_id BLOB NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL,
    crc INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (doc_id, seq)
) STRICT;

-- Which person first used a CRDT client id, so that nobody writes in another's name.
CREATE TABLE doc_client (
    doc_id BLOB NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    client_id INTEGER NOT NULL,
    user_id BLOB NOT NULL REFERENCES user (id),
    first_seq INTEGER NOT NULL,
    PRIMARY KEY (doc_id, client_id)
) STRICT, WITHOUT ROWID;

-- Imported files that are neither diagram nor decision, kept byte for byte.
CREATE TABLE kept_file (
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    data BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, path)
) STRICT;

CREATE TABLE review (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'cancelled', 'failed')),
    profile TEXT NOT NULL,
    verdict TEXT,
    -- domain::review::Review without the columns above, as JSON: plain data that no query looks into.
    body TEXT NOT NULL,
    started_by BLOB NOT NULL REFERENCES user (id),
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (project_id, number)
) STRICT;

-- The texts a review looked at, frozen with it.
CREATE TABLE review_document (
    review_id BLOB NOT NULL REFERENCES review (id) ON DELETE CASCADE,
    doc_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    revision INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (review_id, doc_id)
) STRICT;

-- A finding's identity and what people made of it; lives across reviews.
CREATE TABLE finding (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    names_fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL DEFAULT '',
    state_by BLOB REFERENCES user (id),
    state_at INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    -- The newest domain::review::finding::Finding, as JSON.
    body TEXT NOT NULL,
    UNIQUE (project_id, fingerprint)
) STRICT;

-- A finding as one review saw it, in the review's order.
CREATE TABLE review_finding (
    review_id BLOB NOT NULL REFERENCES review (id) ON DELETE CASCADE,
    finding_id BLOB NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    change TEXT NOT NULL,
    -- The state when the review finished.
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (review_id, finding_id)
) STRICT;

CREATE TABLE finding_comment (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    finding_id BLOB NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    author_id BLOB NOT NULL REFERENCES user (id),
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX finding_comment_by_finding ON finding_comment (finding_id, at);

CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id),
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    subject TEXT,
    path TEXT
) STRICT;
CREATE INDEX activity_by_project ON activity (project_id, at);

-- Security-relevant events; append only.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    target TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER audit_log_keeps_rows BEFORE UPDATE ON audit_log BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER audit_log_keeps_all BEFORE DELETE ON audit_log BEGIN SELECT RAISE (ABORT, 'append only'); END;
