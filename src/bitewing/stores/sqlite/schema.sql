-- Instants are microseconds since 1970 (UTC), durations are microseconds.
-- Images are zstd frames of MessagePack; a frame names its dictionary in its header.

CREATE TABLE migration (
    number     INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cursor (
    source              TEXT    NOT NULL,
    watch               TEXT    NOT NULL,
    read_up_to          INTEGER NOT NULL,
    first_reading_after INTEGER,
    first_reading_done  INTEGER NOT NULL,
    polled_at           INTEGER,
    PRIMARY KEY (source, watch)
) STRICT, WITHOUT ROWID;

CREATE TABLE origin (
    source  TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dictionary (
    id      INTEGER PRIMARY KEY,
    source  TEXT NOT NULL,
    watch   TEXT NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (source, watch)
) STRICT;

CREATE TABLE record (
    source      TEXT    NOT NULL,
    watch       TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    change      INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    fingerprint BLOB    NOT NULL,
    mark        INTEGER NOT NULL,
    image       BLOB    NOT NULL,
    PRIMARY KEY (source, watch, number)
) STRICT, WITHOUT ROWID;

-- What the first reading found has change 0 and is in no window by number.
CREATE INDEX record_by_change ON record (source, watch, change) WHERE change > 0;
CREATE INDEX record_by_time ON record (source, watch, changed_at, number);

-- Counting a million Records at every poll would read the whole table.
CREATE TABLE record_tally (
    source TEXT    NOT NULL,
    watch  TEXT    NOT NULL,
    known  INTEGER NOT NULL,
    PRIMARY KEY (source, watch)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER record_learnt AFTER INSERT ON record BEGIN
    INSERT INTO record_tally (source, watch, known) VALUES (NEW.source, NEW.watch, 1)
    ON CONFLICT (source, watch) DO UPDATE SET known = known + 1;
END;

CREATE TRIGGER record_forgotten AFTER DELETE ON record BEGIN
    UPDATE record_tally SET known = known - 1
    WHERE source = OLD.source AND watch = OLD.watch;
END;

CREATE TABLE change (
    source             TEXT    NOT NULL,
    number             INTEGER NOT NULL,
    watch              TEXT    NOT NULL,
    record             INTEGER NOT NULL,
    kind               TEXT    NOT NULL,
    feed               TEXT    NOT NULL,
    noticed_at         INTEGER NOT NULL,
    changed_at         INTEGER NOT NULL,
    before_fingerprint BLOB,
    before_image       BLOB,
    after_fingerprint  BLOB,
    after_image        BLOB,
    PRIMARY KEY (source, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_by_feed ON change (source, feed, number, changed_at);

-- Numbers go on even when old Changes have been cleared away.
CREATE TABLE latest_change (
    source TEXT    NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Old Changes are forgotten; how many they were stays in the books.
CREATE TABLE forgotten_change (
    source TEXT    NOT NULL,
    feed   TEXT    NOT NULL,
    known  INTEGER NOT NULL,
    PRIMARY KEY (source, feed)
) STRICT, WITHOUT ROWID;

-- "secret", "old_secret" and "headers" are sealed; the rest is readable.
CREATE TABLE endpoint (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    institution      TEXT    NOT NULL,
    owner            TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    dialect          TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    state            TEXT    NOT NULL,
    reason           TEXT    NOT NULL,
    secret           BLOB    NOT NULL,
    old_secret       BLOB    NOT NULL,
    old_secret_until INTEGER,
    headers          BLOB    NOT NULL,
    ca_pem           TEXT,
    concurrency      INTEGER NOT NULL,
    per_second       REAL,
    is_ordered       INTEGER NOT NULL,
    failing_since    INTEGER,
    parked_until     INTEGER
) STRICT;

CREATE INDEX endpoint_by_owner ON endpoint (owner);

CREATE TABLE subscription (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    institution      TEXT    NOT NULL,
    source           TEXT    NOT NULL,
    dialect          TEXT    NOT NULL,
    owner            TEXT    NOT NULL,
    endpoint         INTEGER NOT NULL,
    url              TEXT    NOT NULL,
    event_name       TEXT    NOT NULL,
    watch            TEXT,
    every            INTEGER,
    workstation      TEXT    NOT NULL,
    note             TEXT    NOT NULL,
    starts_at        INTEGER NOT NULL,
    stops_at         INTEGER,
    bookmark_after   INTEGER,
    bookmark_since   INTEGER,
    window_up_to     INTEGER,
    window_polled_at INTEGER,
    window_floor     INTEGER,
    window_sent      INTEGER,
    window_sent_key  INTEGER,
    window_changes   INTEGER,
    window_expired   INTEGER,
    last_sent_at     INTEGER,
    failures         INTEGER NOT NULL,
    failure          TEXT    NOT NULL,
    resume_at        INTEGER,
    delivered        INTEGER NOT NULL,
    expired          INTEGER NOT NULL,
    first_change     INTEGER NOT NULL,
    is_active        INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    locations        TEXT    NOT NULL,
    version          TEXT    NOT NULL
, unwished INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX subscription_by_owner ON subscription (owner);
CREATE INDEX subscription_by_endpoint ON subscription (endpoint);
CREATE INDEX subscription_active ON subscription (institution, dialect) WHERE is_active = 1;

-- "blocked" is the number of lanes in which an older unsettled Delivery is there. Only those of
-- which it is 0 are looked at when Deliveries are claimed: a lane that stands still costs nothing.
CREATE TABLE delivery (
    ordinal        INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    institution    TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    subscription   INTEGER NOT NULL,
    endpoint       INTEGER NOT NULL,
    dialect        TEXT    NOT NULL,
    owner          TEXT    NOT NULL,
    lanes          TEXT    NOT NULL,
    event_name     TEXT    NOT NULL,
    workstation    TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    due_at         INTEGER NOT NULL,
    state          TEXT    NOT NULL,
    attempts       INTEGER NOT NULL,
    claimed_until  INTEGER,
    first_tried_at INTEGER,
    replay_of      TEXT,
    is_retry       INTEGER NOT NULL,
    blocked        INTEGER NOT NULL,
    revoked        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX delivery_due ON delivery (endpoint, is_retry, due_at)
    WHERE state = 'pending' AND blocked = 0;
-- The failing Delivery that was first tried first probes a parked Endpoint.
CREATE INDEX delivery_retrying ON delivery (endpoint, first_tried_at)
    WHERE state = 'pending' AND blocked = 0 AND is_retry = 1;
CREATE INDEX delivery_held ON delivery (endpoint) WHERE state = 'held';
CREATE INDEX delivery_open ON delivery (state, subscription)
    WHERE (state = 'pending' OR state = 'claimed' OR state = 'held');

-- What the reception takes over is written as it will stand when it has been taken, and not
-- touched again if it is. Until then it passes, and is claimed until that moment: from "first" to
-- "last", which were all added together, pass those that are written as delivered and have no
-- Attempt yet, so many as remain. No two of these have an ordinal in common.
CREATE TABLE passing (
    first     INTEGER PRIMARY KEY,
    last      INTEGER NOT NULL,
    until     INTEGER NOT NULL,
    remaining INTEGER NOT NULL
) STRICT;

-- Nothing removes or renumbers one of these: it would have been delivered, or be owed for ever.
CREATE TRIGGER passing_kept BEFORE DELETE ON delivery
WHEN old.state = 'delivered' AND old.ordinal >= (SELECT min(first) FROM passing)
    AND EXISTS (
        SELECT 1 FROM delivery_now WHERE ordinal = old.ordinal AND state <> 'delivered'
    )
BEGIN
    SELECT raise(ABORT, 'a Delivery that passes cannot be removed');
END;
CREATE TRIGGER passing_in_place BEFORE UPDATE OF ordinal ON delivery
WHEN old.state = 'delivered' AND old.ordinal >= (SELECT min(first) FROM passing)
    AND EXISTS (
        SELECT 1 FROM delivery_now WHERE ordinal = old.ordinal AND state <> 'delivered'
    )
BEGIN
    SELECT raise(ABORT, 'a Delivery that passes cannot be renumbered');
END;

-- Which unsettled Deliveries are in a lane, but for those that pass; held ones have left theirs.
CREATE TABLE lane (
    number   INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    PRIMARY KEY (number, delivery)
) STRICT, WITHOUT ROWID;

-- Apart from the Delivery, so that moving one on does not write its body again.
CREATE TABLE content (
    delivery INTEGER PRIMARY KEY REFERENCES delivery ON UPDATE CASCADE ON DELETE CASCADE,
    records  TEXT NOT NULL,
    body     BLOB NOT NULL
) STRICT;

-- How many have reached each end. The others are few and counted when somebody asks.
CREATE TABLE delivery_tally (
    state TEXT    NOT NULL PRIMARY KEY,
    known INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- "place" is when it began (those of older versions were counted); what was rescued may bear an
-- ordinal twice.
CREATE TABLE attempt (
    delivery    INTEGER NOT NULL REFERENCES delivery ON UPDATE CASCADE ON DELETE CASCADE,
    place       INTEGER NOT NULL,
    ordinal     INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    status      INTEGER,
    detail      TEXT    NOT NULL,
    retry_after INTEGER,
    address     TEXT    NOT NULL,
    resolve     REAL,
    connect     REAL,
    tls         REAL,
    first_byte  REAL,
    total       REAL    NOT NULL,
    PRIMARY KEY (delivery, place)
) STRICT, WITHOUT ROWID;

-- Deliveries as they stand. What was taken at its first Attempt does not repeat when that began.
-- What was made before all that passes is not looked for in there.
CREATE VIEW delivery_now AS
SELECT
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, lanes, event_name,
    workstation, created_at, due_at, replay_of, revoked,
    iif(until IS NULL, state, 'claimed') AS state,
    iif(until IS NULL, attempts, 0) AS attempts,
    coalesce(until, claimed_until) AS claimed_until,
    iif(state = 'delivered', coalesce(first_tried_at, (
        SELECT min(started_at) FROM attempt WHERE attempt.delivery = delivery.ordinal
    )), first_tried_at) AS first_tried_at
FROM delivery
LEFT JOIN passing ON first = iif(
        ordinal >= (SELECT min(first) FROM passing),
        (SELECT max(first) FROM passing WHERE first <= ordinal),
        NULL
    )
    AND ordinal <= last
    AND state = 'delivered'
    AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.delivery = delivery.ordinal);

CREATE TABLE selection (
    source      TEXT    NOT NULL,
    workstation TEXT    NOT NULL,
    patient     INTEGER NOT NULL,
    PRIMARY KEY (source, workstation)
) STRICT, WITHOUT ROWID;

-- Columns by whose values Records are found; see the port Records, keep_handles.
CREATE TABLE handle_column (
    id            INTEGER PRIMARY KEY,
    source        TEXT    NOT NULL,
    watch         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    indexed_up_to INTEGER,
    is_complete   INTEGER NOT NULL,
    UNIQUE (source, watch, name)
) STRICT;

CREATE TABLE handle (
    column_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    value     INTEGER NOT NULL,
    PRIMARY KEY (column_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX handle_by_value ON handle (column_id, value, number);

-- An alias was reserved for a thing that was given another id before it was bound.
CREATE TABLE identity (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    native   TEXT,
    is_alias INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX identity_by_native ON identity (kind, source, native)
    WHERE native IS NOT NULL AND is_alias = 0;

-- What was asked to be written into the practices; see model/pending.
CREATE TABLE pending_write (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    institution     TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    subject         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    due_at          INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    wish            BLOB    NOT NULL,
    shown           BLOB    NOT NULL,
    state           TEXT    NOT NULL,
    deadline        INTEGER,
    tries           INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    native          INTEGER NOT NULL,
    owner           TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL
) STRICT;

CREATE INDEX pending_write_open ON pending_write (source, id)
    WHERE state IN ('waiting', 'writing');

CREATE INDEX pending_write_by_subject ON pending_write (subject, kind);

CREATE INDEX pending_write_by_kind ON pending_write (source, kind, state, id);

CREATE UNIQUE INDEX pending_write_by_key ON pending_write (owner, idempotency_key)
    WHERE idempotency_key <> '';

-- What each Source was last said to be, so that a restart says nothing twice.
CREATE TABLE light (
    source    TEXT NOT NULL,
    aspect    TEXT NOT NULL,
    light     TEXT NOT NULL,
    worked_at INTEGER,
    PRIMARY KEY (source, aspect)
) STRICT, WITHOUT ROWID;

-- What the operator was last told of each thing, so that nothing is told twice.
CREATE TABLE told (
    about TEXT NOT NULL PRIMARY KEY,
    what  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
