-- What was imported: only ever added to. All numbers are dense and begin at 0, those of imports
-- at 1; all times are microseconds since 1970-01-01T00:00:00Z. A digest chain covers every cell.

CREATE SCHEMA journal;

CREATE TABLE journal.versions (version INTEGER PRIMARY KEY, format VARCHAR NOT NULL);

CREATE TABLE journal.imports (
    import INTEGER PRIMARY KEY CHECK (import > 0),
    file VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (length(sha256) = 64),
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    recorded_at BIGINT NOT NULL,
    timezone VARCHAR NOT NULL,
    date_order VARCHAR,
    timestamp_format VARCHAR,
    notes VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    new_events BIGINT NOT NULL CHECK (new_events >= 0),
    already_known BIGINT NOT NULL CHECK (already_known >= 0),
    duplicates BIGINT NOT NULL CHECK (duplicates >= 0),
    quarantined BIGINT NOT NULL CHECK (quarantined >= 0),
    identified BIGINT NOT NULL CHECK (identified >= 0),
    window_first BIGINT,
    window_last BIGINT,
    first_event BIGINT NOT NULL CHECK (first_event >= 0),
    texts_digest VARCHAR NOT NULL,
    labels_digest VARCHAR NOT NULL,
    pairs_digest VARCHAR NOT NULL,
    events_digest VARCHAR NOT NULL,
    resightings_digest VARCHAR NOT NULL,
    quarantine_digest VARCHAR NOT NULL,
    digest VARCHAR NOT NULL UNIQUE CHECK (length(digest) = 64),
    CHECK (rows = new_events + already_known + duplicates + quarantined),
    CHECK (window_first <= window_last)
);

-- Each text once: field 0 learner, 1 panorama, 2 content type, 3 content title, 4 content id.
CREATE TABLE journal.texts (
    import INTEGER NOT NULL,
    field TINYINT NOT NULL CHECK (field BETWEEN 0 AND 4),
    number INTEGER NOT NULL CHECK (number >= 0),
    value VARCHAR NOT NULL
);

-- What a row says of its content, and which content that is.
CREATE TABLE journal.labels (
    import INTEGER NOT NULL,
    label INTEGER NOT NULL CHECK (label >= 0),
    content INTEGER NOT NULL CHECK (content >= 0),
    content_id INTEGER NOT NULL,
    content_type INTEGER NOT NULL,
    content_title INTEGER NOT NULL
);

-- Type and Source, as the report spells what is not documented. Classified when read.
CREATE TABLE journal.pairs (
    import INTEGER NOT NULL,
    pair INTEGER NOT NULL CHECK (pair >= 0),
    type VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

-- Each event once, as the import says that brought it first, and where it stood there.
-- Those of one import are in the order of learner, content, time. What hardly repeats is not
-- compressed: to try takes longer than to write it.
CREATE TABLE journal.events (
    event BIGINT NOT NULL CHECK (event >= 0),
    import INTEGER NOT NULL,
    row INTEGER NOT NULL CHECK (row >= 1) USING COMPRESSION uncompressed,
    learner INTEGER NOT NULL,
    content INTEGER NOT NULL,
    label INTEGER NOT NULL,
    panorama INTEGER NOT NULL,
    pair INTEGER NOT NULL,
    "at" BIGINT NOT NULL USING COMPRESSION uncompressed,
    id VARCHAR,
    seal INTEGER NOT NULL USING COMPRESSION uncompressed
);

-- Every further row that carried an event known by then. The fields are null where the row says
-- what the event says; where it is known by its id and says something else, it stands here.
CREATE TABLE journal.resightings (
    import INTEGER NOT NULL,
    row INTEGER NOT NULL CHECK (row >= 1),
    event BIGINT NOT NULL,
    repeated BOOLEAN NOT NULL,
    learner INTEGER,
    label INTEGER,
    panorama INTEGER,
    pair INTEGER,
    "at" BIGINT,
    seal INTEGER NOT NULL
);

CREATE TABLE journal.quarantine (
    import INTEGER NOT NULL,
    row INTEGER NOT NULL,
    code VARCHAR NOT NULL CHECK (code IN ('R001', 'R002', 'R003', 'R005')),
    detail VARCHAR NOT NULL,
    raw VARCHAR NOT NULL,
    learner INTEGER,
    label INTEGER,
    panorama INTEGER,
    pair INTEGER,
    id VARCHAR
);

-- A trigger has to write somewhere; none of these ever comes to do so.
CREATE TABLE journal.refused (reason VARCHAR CHECK (false));

CREATE TRIGGER imports_keep BEFORE UPDATE ON journal.imports FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: an import is never changed');
CREATE TRIGGER imports_stay BEFORE DELETE ON journal.imports FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: an import is never deleted');
CREATE TRIGGER texts_keep BEFORE UPDATE ON journal.texts FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a text is never changed');
CREATE TRIGGER texts_stay BEFORE DELETE ON journal.texts FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a text is never deleted');
CREATE TRIGGER labels_keep BEFORE UPDATE ON journal.labels FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a label is never changed');
CREATE TRIGGER labels_stay BEFORE DELETE ON journal.labels FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a label is never deleted');
CREATE TRIGGER pairs_keep BEFORE UPDATE ON journal.pairs FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a pair is never changed');
CREATE TRIGGER pairs_stay BEFORE DELETE ON journal.pairs FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a pair is never deleted');
CREATE TRIGGER events_keep BEFORE UPDATE ON journal.events FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: an event is never changed');
CREATE TRIGGER events_stay BEFORE DELETE ON journal.events FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: an event is never deleted');
CREATE TRIGGER resightings_keep BEFORE UPDATE ON journal.resightings FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a sighting is never changed');
CREATE TRIGGER resightings_stay BEFORE DELETE ON journal.resightings FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a sighting is never deleted');
CREATE TRIGGER quarantine_keep BEFORE UPDATE ON journal.quarantine FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a rejected row is never changed');
CREATE TRIGGER quarantine_stay BEFORE DELETE ON journal.quarantine FOR EACH STATEMENT
    INSERT INTO journal.refused SELECT error('a store is only added to: a rejected row is never deleted');

INSERT INTO journal.versions VALUES (1, 'learner-engine store');
