-- What people ask agents: about one finding of a review, or about the design of a project.
CREATE TABLE talk (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('finding', 'design', 'draft')),
    -- The review whose texts are read; none for a talk with texts of its own.
    review_id BLOB REFERENCES review (id) ON DELETE CASCADE,
    finding_id BLOB REFERENCES finding (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    -- domain::brief::Brief as JSON; empty where none was made.
    brief TEXT NOT NULL DEFAULT '',
    started_by BLOB NOT NULL REFERENCES user (id),
    started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX talk_by_project ON talk (project_id, started_at);
CREATE UNIQUE INDEX talk_by_finding ON talk (finding_id, review_id) WHERE finding_id IS NOT NULL;

-- The texts of a talk about the design, frozen when it began.
CREATE TABLE talk_document (
    talk_id BLOB NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    doc_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    revision INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (talk_id, doc_id)
) STRICT;

-- Answers of agents are remarks, too: the author is then who asked.
ALTER TABLE finding_comment ADD COLUMN agent TEXT;
ALTER TABLE finding_comment ADD COLUMN run_id BLOB REFERENCES agent_run (id) ON DELETE SET NULL;

-- One question with its answer; the run says how it stands.
CREATE TABLE talk_question (
    run_id BLOB PRIMARY KEY REFERENCES agent_run (id) ON DELETE CASCADE,
    talk_id BLOB NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    -- The remark that asks, for a talk about a finding.
    comment_id BLOB REFERENCES finding_comment (id) ON DELETE CASCADE,
    asked_by BLOB NOT NULL REFERENCES user (id),
    asked_at INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX talk_question_by_talk ON talk_question (talk_id, position);

ALTER TABLE suggestion ADD COLUMN talk_id BLOB REFERENCES talk (id) ON DELETE CASCADE;
CREATE INDEX suggestion_by_talk ON suggestion (talk_id, created_at);
