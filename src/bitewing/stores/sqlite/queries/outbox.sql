-- name: last_ordinal
SELECT coalesce(max(ordinal), 0) FROM delivery;

-- name: add
INSERT INTO delivery (
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, lanes, event_name,
    workstation, created_at, due_at, state, attempts, claimed_until, first_tried_at, replay_of,
    is_retry, blocked
)
VALUES (
    :ordinal, :id, :institution, :source, :subscription, :endpoint, :dialect, :owner, :lanes,
    :event_name, :workstation, :created_at, :due_at, :state, :attempts, :claimed_until,
    :first_tried_at, :replay_of, :is_retry, :blocked
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
FROM delivery
JOIN content ON content.delivery = delivery.ordinal
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

-- name: add_attempt
INSERT INTO attempt (
    delivery, place, ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
)
VALUES (
    :delivery, :place, :ordinal, :started_at, :kind, :status, :detail, :retry_after, :address,
    :resolve, :connect, :tls, :first_byte, :total
);

-- name: add_late_attempt
-- Behind all others of its Delivery, unless it is there already: a settling that was broken
-- off when it had been committed is repeated.
WITH made (
    delivery, place, ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
) AS (
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)
INSERT INTO attempt
SELECT
    delivery,
    max(place, coalesce(
        (SELECT max(place) FROM attempt WHERE attempt.delivery = made.delivery), 0
    ) + 1),
    ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
FROM made
WHERE NOT EXISTS (
    SELECT 1 FROM attempt
    WHERE attempt.delivery = made.delivery AND attempt.ordinal = made.ordinal
        AND attempt.started_at = made.started_at
);

-- name: settle
WITH moved (ordinal, state, due_at, started_at, delay) AS (
    VALUES (:ordinal, :state, :due_at, :started_at, :delay)
)
UPDATE delivery SET
    state = moved.state,
    due_at = coalesce(moved.due_at, delivery.due_at),
    attempts = attempts + 1,
    is_retry = 1,
    first_tried_at = coalesce(first_tried_at, moved.started_at) + moved.delay,
    claimed_until = NULL,
    blocked = 0
FROM moved
WHERE delivery.ordinal = moved.ordinal;

-- name: standing
SELECT id, ordinal, state, revoked, lanes
FROM delivery
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: to_hold
SELECT ordinal, lanes
FROM delivery
WHERE state = 'pending' AND blocked = 0 AND endpoint = :endpoint
LIMIT :limit;

-- name: hold
UPDATE delivery SET state = 'held' WHERE ordinal = :ordinal;

-- name: to_cancel
SELECT ordinal, lanes
FROM delivery
WHERE subscription = :subscription
    AND state IN ('pending', 'claimed', 'held') AND state IN ('pending', 'held')
LIMIT :limit;

-- name: cancel
UPDATE delivery SET state = 'cancelled', blocked = 0 WHERE ordinal = :ordinal;

-- name: revoke
-- Few are claimed, however many wait.
UPDATE delivery SET revoked = 1
WHERE revoked = 0 AND ordinal IN (
    SELECT ordinal FROM delivery INDEXED BY delivery_claimed
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
WHERE state = 'claimed' AND id IN (SELECT value FROM json_each(:ids))
RETURNING state, ordinal, lanes;

-- name: drop_body
UPDATE content SET body = x'' WHERE delivery = :ordinal;

-- name: outstanding
SELECT count(*)
FROM delivery
WHERE subscription = :subscription
    AND state IN ('pending', 'claimed', 'held') AND state <> 'held';

-- name: turns
-- A few searches for each Endpoint, however many Deliveries wait.
WITH RECURSIVE owed (endpoint) AS (
    SELECT min(endpoint) FROM delivery WHERE state = 'pending' AND blocked = 0
    UNION ALL
    SELECT (
        SELECT min(endpoint) FROM delivery
        WHERE state = 'pending' AND blocked = 0 AND endpoint > owed.endpoint
    )
    FROM owed
    WHERE owed.endpoint IS NOT NULL
),
turn (endpoint, is_retry, due_at) AS (
    SELECT owed.endpoint, kind.column1, (
        SELECT min(due_at) FROM delivery
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

-- name: count
INSERT INTO delivery_tally (state, known) VALUES (:state, :number)
ON CONFLICT (state) DO UPDATE SET known = known + excluded.known;

-- name: tally
SELECT 'pending', count(*)
FROM delivery
WHERE state IN ('pending', 'claimed', 'held') AND state = 'pending'
UNION ALL
SELECT 'claimed', count(*) FROM delivery WHERE state = 'claimed'
UNION ALL
SELECT 'held', count(*) FROM delivery WHERE state = 'held'
UNION ALL
SELECT state, known FROM delivery_tally;

-- name: recent
SELECT ordinal FROM delivery ORDER BY ordinal DESC LIMIT :limit;
