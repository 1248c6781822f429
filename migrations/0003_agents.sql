-- Whether a project's designs may be sent to a model outside this machine.
ALTER TABLE project ADD COLUMN external_models INTEGER NOT NULL DEFAULT 1 CHECK (external_models IN (0, 1));

-- Agent files that people brought. Every version is kept by its content's hash, because runs of the past name it;
-- the one that is not retired is in use.
CREATE TABLE agent_file (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    -- The collection it came with, for telling files of the same name apart.
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    -- Brought by an administrator: its words stand in the system prompt.
    trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    added_by BLOB NOT NULL REFERENCES user (id),
    added_at INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;
CREATE UNIQUE INDEX agent_file_in_use ON agent_file (source, path) WHERE retired_at IS NULL;

-- Agents that a project asks with each review, by the name they have in the library; others are asked when somebody chooses them.
CREATE TABLE project_agent (
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    agent TEXT NOT NULL,
    -- Without its answer a review is inconclusive.
    required INTEGER NOT NULL DEFAULT 0 CHECK (required IN (0, 1)),
    PRIMARY KEY (project_id, agent)
) STRICT;

-- One agent's part in a review, or one conversation with it.
CREATE TABLE agent_run (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    review_id BLOB REFERENCES review (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    -- domain::review::agents::AgentRun, as JSON.
    body TEXT NOT NULL,
    -- The seal of the newest record, kept apart from the records so that missing ones show.
    head TEXT NOT NULL DEFAULT '',
    started_by BLOB NOT NULL REFERENCES user (id),
    started_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX agent_run_by_review ON agent_run (review_id, position);

-- What runs leave behind, each record sealed to the one before. Goes only with its run.
CREATE TABLE agent_record (
    run_id BLOB NOT NULL REFERENCES agent_run (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
) STRICT;
CREATE TRIGGER agent_record_keeps_rows BEFORE UPDATE ON agent_record BEGIN SELECT RAISE (ABORT, 'append only'); END;

-- Edits that agents propose; only people apply them.
CREATE TABLE suggestion (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    review_id BLOB REFERENCES review (id) ON DELETE CASCADE,
    run_id BLOB REFERENCES agent_run (id) ON DELETE SET NULL,
    agent TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'rejected')),
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    decided_by BLOB REFERENCES user (id),
    decided_at INTEGER,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX suggestion_by_review ON suggestion (review_id, created_at);
