-- Endpoints and Subscriptions grow; a Delivery may be in several lanes, and may be held.

CREATE TEMPORARY TABLE old_endpoint AS SELECT * FROM endpoint;
CREATE TEMPORARY TABLE old_subscription AS SELECT * FROM subscription;
CREATE TEMPORARY TABLE old_sequence AS
    SELECT name, seq FROM sqlite_sequence WHERE name IN ('endpoint', 'subscription');
CREATE TEMPORARY TABLE old_delivery AS SELECT * FROM delivery;
CREATE TEMPORARY TABLE old_content AS SELECT * FROM content;
CREATE TEMPORARY TABLE old_attempt AS SELECT * FROM attempt;

DROP TABLE attempt;
DROP TABLE content;
DROP TABLE delivery;
DROP TABLE subscription;
DROP TABLE endpoint;

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
) STRICT;

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
CREATE INDEX delivery_claimed ON delivery (claimed_until) WHERE state = 'claimed';
CREATE INDEX delivery_held ON delivery (endpoint) WHERE state = 'held';
CREATE INDEX delivery_unsettled ON delivery (subscription)
    WHERE state IN ('pending', 'claimed', 'held');

-- Which unsettled Deliveries are in a lane; held ones have left theirs.
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

-- "place" counts within the Delivery; what was rescued may bear an ordinal twice.
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

INSERT INTO endpoint
SELECT
    id, institution, owner, url, 'opendental', 0, 0, state, '', x'', x'', NULL, x'', NULL, 8, NULL,
    0, NULL, NULL
FROM old_endpoint;

INSERT INTO subscription SELECT *, 1, 0, 0, '[]', '' FROM old_subscription;

DELETE FROM sqlite_sequence WHERE name IN ('endpoint', 'subscription');
INSERT INTO sqlite_sequence (name, seq) SELECT name, seq FROM old_sequence;

INSERT INTO delivery
SELECT
    ordinal, id, institution, source, subscription, endpoint, dialect, owner,
    iif(lane IS NULL, '[]', '[' || lane || ']'), event_name, workstation, created_at, due_at,
    state, attempts, claimed_until, NULL, NULL, attempts > 0, blocked, revoked
FROM old_delivery;

INSERT INTO lane
SELECT lane, ordinal FROM old_delivery WHERE state IN ('pending', 'claimed') AND lane IS NOT NULL;

INSERT INTO content SELECT * FROM old_content;

INSERT INTO attempt
SELECT
    delivery, row_number() OVER (PARTITION BY delivery ORDER BY started_at, number), ordinal,
    started_at, kind, status, detail, retry_after, address, resolve, connect, tls, first_byte,
    total
FROM old_attempt;

DROP TABLE old_endpoint;
DROP TABLE old_subscription;
DROP TABLE old_sequence;
DROP TABLE old_delivery;
DROP TABLE old_content;
DROP TABLE old_attempt;
