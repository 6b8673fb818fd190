-- name: last_ordinal
-- What a stretch of those that pass has had is not had again, though the last one is removed.
SELECT max(
    coalesce((SELECT max(ordinal) FROM delivery), 0),
    coalesce((SELECT last FROM passing ORDER BY first DESC LIMIT 1), 0)
);

-- name: add
INSERT INTO delivery (
    ordinal, id, lanes, subscription, endpoint, institution, source, dialect, owner, event_name,
    workstation, created_at, due_at, replay_of, state, attempts, is_retry, claimed_until,
    first_tried_at, blocked
)
VALUES (
    :ordinal, :id, :lanes, :subscription, :endpoint, :institution, :source, :dialect, :owner,
    :event_name, :workstation, :created_at, :due_at, :replay_of, :state, :attempts, :is_retry,
    :claimed_until, :first_tried_at, :blocked
);

-- name: add_passing
-- As it will stand when it has been taken at its first Attempt.
INSERT INTO delivery (
    ordinal, id, lanes, subscription, endpoint, institution, source, dialect, owner, event_name,
    workstation, created_at, due_at, replay_of, state, attempts, is_retry, blocked
)
VALUES (
    :ordinal, :id, :lanes, :subscription, :endpoint, :institution, :source, :dialect, :owner,
    :event_name, :workstation, :created_at, :due_at, :replay_of, 'delivered', 1, 1, 0
);

-- name: add_content
INSERT INTO content (delivery, records, body) VALUES (:ordinal, :records, :body);

-- name: find
SELECT ordinal FROM delivery WHERE id = :id;

-- name: whole
SELECT
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, lanes, event_name,
    records, workstation, body, created_at, due_at, state, attempts, claimed_until,
    first_tried_at, replay_of
FROM delivery_now
JOIN content ON content.delivery = ordinal
WHERE ordinal IN (SELECT value FROM json_each(:ordinals));

-- name: due
SELECT
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, lanes, event_name,
    records, workstation, body, created_at, due_at, state, attempts, claimed_until,
    first_tried_at, replay_of
FROM delivery
JOIN content ON content.delivery = delivery.ordinal
WHERE state = 'pending' AND blocked = 0
    AND endpoint = :endpoint AND is_retry = :is_retry AND due_at <= :now
ORDER BY due_at, ordinal
LIMIT :limit;

-- name: oldest
SELECT
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, lanes, event_name,
    records, workstation, body, created_at, due_at, state, attempts, claimed_until,
    first_tried_at, replay_of
FROM delivery
JOIN content ON content.delivery = delivery.ordinal
WHERE due_at <= :now AND ordinal = (
    SELECT ordinal
    FROM delivery INDEXED BY delivery_retrying
    WHERE state = 'pending' AND blocked = 0 AND is_retry = 1 AND endpoint = :endpoint
    ORDER BY first_tried_at, ordinal
    LIMIT 1
);

-- name: oldest_retry
SELECT due_at
FROM delivery INDEXED BY delivery_retrying
WHERE state = 'pending' AND blocked = 0 AND is_retry = 1 AND endpoint = :endpoint
ORDER BY first_tried_at, ordinal
LIMIT 1;

-- name: claim
UPDATE delivery SET state = 'claimed', claimed_until = :until
WHERE ordinal IN (SELECT value FROM json_each(:ordinals));

-- name: to_hold
SELECT ordinal, lanes
FROM delivery INDEXED BY delivery_due
WHERE state = 'pending' AND blocked = 0 AND endpoint = :endpoint
LIMIT :limit;

-- name: hold
UPDATE delivery SET state = 'held' WHERE ordinal = :ordinal;

-- name: to_cancel
SELECT ordinal, lanes
FROM delivery
WHERE subscription = :subscription
    AND (state = 'pending' OR state = 'claimed' OR state = 'held') AND state IN ('pending', 'held')
LIMIT :limit;

-- name: cancel
UPDATE delivery SET state = 'cancelled', blocked = 0 WHERE ordinal = :ordinal;

-- name: revoke
-- Few are claimed, however many wait.
UPDATE delivery SET revoked = 1
WHERE revoked = 0 AND ordinal IN (
    SELECT ordinal FROM delivery INDEXED BY delivery_open
    WHERE state = 'claimed' AND subscription = :subscription
)
RETURNING id;

-- name: rescue
-- What was cancelled while it was under way is not sent again.
UPDATE delivery SET claimed_until = NULL, state = iif(revoked, 'cancelled', 'pending')
WHERE state = 'claimed' AND claimed_until <= :now
RETURNING state, ordinal, lanes;

-- name: give_back
UPDATE delivery SET claimed_until = NULL, state = iif(revoked, 'cancelled', 'pending')
WHERE +state = 'claimed' AND id IN (SELECT value FROM json_each(:ids))
RETURNING state, ordinal, lanes;

-- name: outstanding
-- Of those that have rows as pending or claimed ones; who passes is counted apart.
SELECT count(*)
FROM delivery
WHERE subscription = :subscription
    AND (state = 'pending' OR state = 'claimed' OR state = 'held') AND state <> 'held';

-- name: turns
-- A few searches for each Endpoint, however many Deliveries wait.
WITH RECURSIVE owed (endpoint) AS (
    SELECT min(endpoint) FROM delivery INDEXED BY delivery_due
    WHERE state = 'pending' AND blocked = 0
    UNION ALL
    SELECT (
        SELECT min(endpoint) FROM delivery INDEXED BY delivery_due
        WHERE state = 'pending' AND blocked = 0 AND endpoint > owed.endpoint
    )
    FROM owed
    WHERE owed.endpoint IS NOT NULL
),
turn (endpoint, is_retry, due_at) AS (
    SELECT owed.endpoint, kind.column1, (
        SELECT min(due_at) FROM delivery INDEXED BY delivery_due
        WHERE state = 'pending' AND blocked = 0
            AND endpoint = owed.endpoint AND is_retry = kind.column1
    )
    FROM owed CROSS JOIN (VALUES (0), (1)) AS kind
)
SELECT endpoint, is_retry, due_at FROM turn WHERE due_at IS NOT NULL;

-- name: attempts
SELECT
    attempt.ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
FROM attempt
WHERE attempt.delivery = (SELECT ordinal FROM delivery WHERE id = :id)
ORDER BY started_at, place;

-- name: recent
SELECT ordinal FROM delivery ORDER BY ordinal DESC LIMIT :limit;
