-- Full-text search over decisions, diagrams and findings. The index follows by triggers, in the transaction of what changes:
-- a document's text when its room stores it, a finding when a review concludes. It holds nothing that is not elsewhere, and
-- is made anew where it is missing or short of rows.
CREATE TABLE search_entry (
    -- The row of `search`.
    id INTEGER PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'diagram', 'finding')),
    subject BLOB NOT NULL UNIQUE
) STRICT;
CREATE INDEX search_entry_by_project ON search_entry (project_id);

CREATE VIRTUAL TABLE search USING fts5 (title, name, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

INSERT INTO search_entry (project_id, kind, subject)
    SELECT project_id, kind, id FROM document WHERE deleted_at IS NULL
    UNION ALL SELECT project_id, 'finding', id FROM finding WHERE json_valid(body);
INSERT INTO search (rowid, title, name, body)
    SELECT search_entry.id, title, path, text FROM search_entry JOIN document ON document.id = subject;
INSERT INTO search (rowid, title, name, body)
    SELECT search_entry.id, body ->> '$.title', code || ' ' || coalesce(body ->> '$.rule', ''),
           coalesce(body ->> '$.message', '') || char(10) || coalesce(body ->> '$.remedy', '')
    FROM search_entry JOIN finding ON finding.id = subject;

CREATE TRIGGER search_entry_goes AFTER DELETE ON search_entry BEGIN
    DELETE FROM search WHERE rowid = OLD.id;
END;

CREATE TRIGGER search_document_comes AFTER INSERT ON document WHEN NEW.deleted_at IS NULL BEGIN
    INSERT INTO search_entry (project_id, kind, subject) VALUES (NEW.project_id, NEW.kind, NEW.id);
    INSERT INTO search (rowid, title, name, body) SELECT id, NEW.title, NEW.path, NEW.text FROM search_entry WHERE subject = NEW.id;
END;
CREATE TRIGGER search_document_changes AFTER UPDATE OF title, path, text ON document
    WHEN NEW.title IS NOT OLD.title OR NEW.path IS NOT OLD.path OR NEW.text IS NOT OLD.text BEGIN
    UPDATE search SET title = NEW.title, name = NEW.path, body = NEW.text
        WHERE rowid = (SELECT id FROM search_entry WHERE subject = NEW.id);
END;
CREATE TRIGGER search_document_hides AFTER UPDATE OF deleted_at ON document WHEN NEW.deleted_at IS NOT NULL BEGIN
    DELETE FROM search_entry WHERE subject = NEW.id;
END;
CREATE TRIGGER search_document_goes AFTER DELETE ON document BEGIN
    DELETE FROM search_entry WHERE subject = OLD.id;
END;

CREATE TRIGGER search_finding_comes AFTER INSERT ON finding WHEN json_valid(NEW.body) BEGIN
    INSERT INTO search_entry (project_id, kind, subject) VALUES (NEW.project_id, 'finding', NEW.id);
    INSERT INTO search (rowid, title, name, body)
        SELECT id, NEW.body ->> '$.title', NEW.code || ' ' || coalesce(NEW.body ->> '$.rule', ''),
               coalesce(NEW.body ->> '$.message', '') || char(10) || coalesce(NEW.body ->> '$.remedy', '')
        FROM search_entry WHERE subject = NEW.id;
END;
CREATE TRIGGER search_finding_changes AFTER UPDATE OF body ON finding WHEN NEW.body IS NOT OLD.body AND json_valid(NEW.body) BEGIN
    UPDATE search SET title = NEW.body ->> '$.title', name = NEW.code || ' ' || coalesce(NEW.body ->> '$.rule', ''),
        body = coalesce(NEW.body ->> '$.message', '') || char(10) || coalesce(NEW.body ->> '$.remedy', '')
        WHERE rowid = (SELECT id FROM search_entry WHERE subject = NEW.id);
END;
CREATE TRIGGER search_finding_goes AFTER DELETE ON finding BEGIN
    DELETE FROM search_entry WHERE subject = OLD.id;
END;

-- When somebody last looked at a project's decision log, and what it said then: domain::decision::log::news::Seen as JSON.
CREATE TABLE log_visit (
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
