-- What follows from the journal: kept for those who query, thrown away and made again at will.

CREATE SCHEMA model;

-- By what rules and options the tables below were made, and up to which import. At most one row.
CREATE TABLE model.made (
    fingerprint VARCHAR NOT NULL,
    history VARCHAR NOT NULL,
    tolerance DOUBLE NOT NULL,
    key VARCHAR NOT NULL,
    import INTEGER NOT NULL,
    seal VARCHAR NOT NULL
);

-- `possible` is a set of statuses: bit 0 not_enrolled, 1 enrolled, 2 started, 3 completed,
-- 4 certified, 5 revoked.
--
-- A record is known by its last event, whose learner, content, panorama and label it has.
CREATE TABLE model.records (
    event BIGINT NOT NULL,
    possible TINYINT NOT NULL,
    since BIGINT NOT NULL USING COMPRESSION uncompressed,
    enrolled_at BIGINT USING COMPRESSION uncompressed,
    started_at BIGINT USING COMPRESSION uncompressed,
    completed_at BIGINT USING COMPRESSION uncompressed,
    certified_at BIGINT,
    revoked_at BIGINT,
    cycles INTEGER NOT NULL,
    events INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    warnings INTEGER NOT NULL
);

-- An interval begins with its event, whose learner, content and time it has. Panorama and label
-- are those of the last event of the record.
CREATE TABLE model.intervals (
    event BIGINT NOT NULL,
    panorama INTEGER NOT NULL,
    label INTEGER NOT NULL,
    possible TINYINT NOT NULL,
    valid_to BIGINT USING COMPRESSION uncompressed
);

CREATE TABLE model.findings (
    event BIGINT NOT NULL,
    code VARCHAR NOT NULL,
    before TINYINT NOT NULL,
    after TINYINT NOT NULL,
    root BIGINT,
    message VARCHAR NOT NULL
);

CREATE TABLE model.codes (code VARCHAR NOT NULL, name VARCHAR NOT NULL, severity VARCHAR NOT NULL);

CREATE TABLE model.statuses AS
SELECT
    possible::TINYINT AS possible,
    CASE WHEN len(statuses) = 1 THEN statuses[1] ELSE 'uncertain' END AS status,
    statuses
FROM (
    SELECT
        possible,
        list_filter(
            ['not_enrolled', 'enrolled', 'started', 'completed', 'certified', 'revoked'],
            lambda status, place: (possible >> (place::BIGINT - 1)) & 1 = 1
        ) AS statuses
    FROM range(64) sets (possible)
)
ORDER BY possible;

CREATE VIEW imports AS
SELECT
    import,
    file,
    sha256,
    bytes,
    make_timestamp(recorded_at) AS recorded_at,
    timezone,
    rows,
    new_events,
    already_known,
    duplicates,
    quarantined,
    make_timestamp(window_first) AS window_first,
    make_timestamp(window_last) AS window_last,
    digest
FROM journal.imports;

CREATE VIEW events AS
SELECT
    e.event,
    learners.value AS learner,
    panoramas.value AS panorama,
    types.value AS content_type,
    titles.value AS content_title,
    nullif(ids.value, '') AS content_id,
    pairs.type,
    pairs.source,
    make_timestamp(e."at") AS "at",
    e.id,
    e.import,
    imports.file,
    e.row,
    make_timestamp(imports.recorded_at) AS recorded_at
FROM journal.events e
JOIN journal.imports imports ON imports.import = e.import
JOIN journal.pairs pairs ON pairs.pair = e.pair
JOIN journal.labels labels ON labels.label = e.label
JOIN journal.texts learners ON learners.field = 0 AND learners.number = e.learner
JOIN journal.texts panoramas ON panoramas.field = 1 AND panoramas.number = e.panorama
JOIN journal.texts types ON types.field = 2 AND types.number = labels.content_type
JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title
JOIN journal.texts ids ON ids.field = 4 AND ids.number = labels.content_id;

CREATE VIEW sightings AS
SELECT
    s.import,
    imports.file,
    s.row,
    s.event,
    s.kind,
    s.rewritten,
    learners.value AS learner,
    panoramas.value AS panorama,
    types.value AS content_type,
    titles.value AS content_title,
    pairs.type,
    pairs.source,
    make_timestamp(s."at") AS "at"
FROM (
    SELECT import, row, event, 'new' AS kind, false AS rewritten, learner, label, panorama, pair, "at"
    FROM journal.events
    UNION ALL
    SELECT
        r.import,
        r.row,
        r.event,
        CASE WHEN r.repeated THEN 'duplicate' ELSE 'known' END,
        r.learner IS NOT NULL,
        coalesce(r.learner, e.learner),
        coalesce(r.label, e.label),
        coalesce(r.panorama, e.panorama),
        coalesce(r.pair, e.pair),
        coalesce(r."at", e."at")
    FROM journal.resightings r
    JOIN journal.events e ON e.event = r.event
) s
JOIN journal.imports imports ON imports.import = s.import
JOIN journal.pairs pairs ON pairs.pair = s.pair
JOIN journal.labels labels ON labels.label = s.label
JOIN journal.texts learners ON learners.field = 0 AND learners.number = s.learner
JOIN journal.texts panoramas ON panoramas.field = 1 AND panoramas.number = s.panorama
JOIN journal.texts types ON types.field = 2 AND types.number = labels.content_type
JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title;

CREATE VIEW records AS
SELECT
    learners.value AS learner,
    panoramas.value AS panorama,
    types.value AS content_type,
    titles.value AS content_title,
    statuses.status,
    statuses.statuses AS possible,
    make_timestamp(r.since) AS since,
    make_timestamp(r.enrolled_at) AS enrolled_at,
    make_timestamp(r.started_at) AS started_at,
    make_timestamp(r.completed_at) AS completed_at,
    make_timestamp(r.certified_at) AS certified_at,
    make_timestamp(r.revoked_at) AS revoked_at,
    r.cycles,
    r.events,
    r.errors,
    r.warnings,
    pairs.type AS last_type,
    pairs.source AS last_source,
    make_timestamp(e."at") AS last_at
FROM model.records r
JOIN model.statuses statuses ON statuses.possible = r.possible
JOIN journal.events e ON e.event = r.event
JOIN journal.pairs pairs ON pairs.pair = e.pair
JOIN journal.labels labels ON labels.label = e.label
JOIN journal.texts learners ON learners.field = 0 AND learners.number = e.learner
JOIN journal.texts panoramas ON panoramas.field = 1 AND panoramas.number = e.panorama
JOIN journal.texts types ON types.field = 2 AND types.number = labels.content_type
JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title;

CREATE VIEW intervals AS
SELECT
    learners.value AS learner,
    panoramas.value AS panorama,
    types.value AS content_type,
    titles.value AS content_title,
    statuses.status,
    statuses.statuses AS possible,
    make_timestamp(e."at") AS valid_from,
    make_timestamp(i.valid_to) AS valid_to,
    pairs.type,
    pairs.source,
    e.import,
    imports.file,
    e.row,
    i.event
FROM model.intervals i
JOIN model.statuses statuses ON statuses.possible = i.possible
JOIN journal.events e ON e.event = i.event
JOIN journal.imports imports ON imports.import = e.import
JOIN journal.pairs pairs ON pairs.pair = e.pair
JOIN journal.labels labels ON labels.label = i.label
JOIN journal.texts learners ON learners.field = 0 AND learners.number = e.learner
JOIN journal.texts panoramas ON panoramas.field = 1 AND panoramas.number = i.panorama
JOIN journal.texts types ON types.field = 2 AND types.number = labels.content_type
JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title;

-- On events, as replayed; then on rows that became no event.
CREATE VIEW findings AS
SELECT
    f.code,
    codes.name,
    codes.severity,
    e.learner,
    e.panorama,
    e.content_type,
    e.content_title,
    e.type,
    e.source,
    e."at",
    e.import,
    e.file,
    e.row,
    before.statuses AS before,
    after.statuses AS after,
    f.message,
    f.root IS NULL AS root,
    root.row AS root_row,
    root_import.file AS root_file,
    f.event
FROM model.findings f
JOIN model.codes codes ON codes.code = f.code
JOIN events e ON e.event = f.event
JOIN model.statuses before ON before.possible = f.before
JOIN model.statuses after ON after.possible = f.after
LEFT JOIN journal.events root ON root.event = f.root
LEFT JOIN journal.imports root_import ON root_import.import = root.import
UNION ALL
SELECT
    'R007',
    codes.name,
    codes.severity,
    s.learner,
    s.panorama,
    s.content_type,
    s.content_title,
    s.type,
    s.source,
    s."at",
    s.import,
    s.file,
    s.row,
    [],
    [],
    'The row repeats an event that an earlier row has.',
    true,
    NULL,
    NULL,
    s.event
FROM sightings s
JOIN model.codes codes ON codes.code = 'R007'
WHERE s.kind <> 'new'
UNION ALL
SELECT
    q.code,
    codes.name,
    codes.severity,
    learners.value,
    panoramas.value,
    types.value,
    titles.value,
    pairs.type,
    pairs.source,
    NULL,
    q.import,
    imports.file,
    q.row,
    [],
    [],
    q.detail,
    true,
    NULL,
    NULL,
    NULL
FROM journal.quarantine q
JOIN model.codes codes ON codes.code = q.code
JOIN journal.imports imports ON imports.import = q.import
LEFT JOIN journal.pairs pairs ON pairs.pair = q.pair
LEFT JOIN journal.labels labels ON labels.label = q.label
LEFT JOIN journal.texts learners ON learners.field = 0 AND learners.number = q.learner
LEFT JOIN journal.texts panoramas ON panoramas.field = 1 AND panoramas.number = q.panorama
LEFT JOIN journal.texts types ON types.field = 2 AND types.number = labels.content_type
LEFT JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title;

INSERT INTO journal.versions VALUES (2, 'learner-engine store');
