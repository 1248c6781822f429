-- What teams arrange about findings: who mends one and until when, under which ticket, and risks that are carried for a time.
-- Days are ISO dates.
ALTER TABLE finding ADD COLUMN assignee BLOB REFERENCES user (id);
ALTER TABLE finding ADD COLUMN due TEXT;
ALTER TABLE finding ADD COLUMN ticket TEXT NOT NULL DEFAULT '';
-- What was mistaken, for a false positive.
ALTER TABLE finding ADD COLUMN mistake TEXT;
-- Who asked that the risk be carried, why and until when. The state says whether it is; until then a second person has to agree.
ALTER TABLE finding ADD COLUMN waiver_by BLOB REFERENCES user (id);
ALTER TABLE finding ADD COLUMN waiver_at INTEGER;
ALTER TABLE finding ADD COLUMN waiver_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN waiver_until TEXT;
CREATE INDEX finding_by_assignee ON finding (assignee) WHERE assignee IS NOT NULL;

-- Readers for whom a finding was of no use; rules are judged by it.
CREATE TABLE finding_feedback (
    finding_id BLOB NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (finding_id, user_id)
) STRICT, WITHOUT ROWID;

-- People whom a remark names with `@`, until they have seen it.
CREATE TABLE mention (
    comment_id BLOB NOT NULL REFERENCES finding_comment (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    seen_at INTEGER,
    PRIMARY KEY (comment_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_unseen ON mention (user_id) WHERE seen_at IS NULL;

-- Where tickets are: an address with {ticket} in it.
ALTER TABLE project ADD COLUMN ticket_url TEXT NOT NULL DEFAULT '';
