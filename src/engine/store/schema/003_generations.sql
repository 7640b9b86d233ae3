-- Read models are added to as well: to delete rows here and there in a large table costs more than
-- to write the new ones. `import` is the last one that brought an event of the row's learner and
-- content. What an import makes anew hides what earlier ones made, until it is tidied away.

DROP VIEW records;
DROP VIEW intervals;
DROP VIEW findings;
DROP TABLE model.records;
DROP TABLE model.intervals;
DROP TABLE model.findings;

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
    warnings INTEGER NOT NULL,
    import INTEGER NOT NULL USING COMPRESSION rle
);

-- An interval begins with its event, whose learner, content and time it has. Panorama and label
-- are those of the last event of the record.
CREATE TABLE model.intervals (
    event BIGINT NOT NULL,
    panorama INTEGER NOT NULL,
    label INTEGER NOT NULL,
    possible TINYINT NOT NULL,
    valid_to BIGINT USING COMPRESSION uncompressed,
    import INTEGER NOT NULL USING COMPRESSION rle
);

CREATE TABLE model.findings (
    event BIGINT NOT NULL,
    code VARCHAR NOT NULL,
    before TINYINT NOT NULL,
    after TINYINT NOT NULL,
    root BIGINT,
    message VARCHAR NOT NULL,
    import INTEGER NOT NULL
);

-- Of this learner and content the rows of earlier imports count no more.
CREATE TABLE model.remade (
    learner INTEGER NOT NULL,
    content INTEGER NOT NULL,
    import INTEGER NOT NULL
);

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
JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title
ANTI JOIN model.remade later
    ON later.learner = e.learner AND later.content = e.content AND later.import > r.import;

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
JOIN journal.texts titles ON titles.field = 3 AND titles.number = labels.content_title
ANTI JOIN model.remade later
    ON later.learner = e.learner AND later.content = e.content AND later.import > i.import;

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
FROM (
    SELECT f.*
    FROM model.findings f
    JOIN journal.events e ON e.event = f.event
    ANTI JOIN model.remade later
        ON later.learner = e.learner AND later.content = e.content AND later.import > f.import
) f
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

-- What is above is empty: whoever writes next makes it again, by the same options.
UPDATE model.made SET fingerprint = '';

INSERT INTO journal.versions VALUES (3, 'learner-engine store');
