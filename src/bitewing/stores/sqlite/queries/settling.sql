-- name: standing
SELECT id, ordinal, state, revoked, lanes
FROM delivery
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: settle_taken
-- Those that are still claimed as they were and were not cancelled meanwhile; no others. Their
-- Attempts are there already.
UPDATE delivery SET
    state = 'delivered',
    attempts = attempts + 1,
    is_retry = 1,
    first_tried_at = coalesce(first_tried_at, (
        SELECT max(started_at) FROM attempt WHERE attempt.delivery = delivery.ordinal
    )),
    claimed_until = NULL
WHERE ordinal IN (VALUES (:ordinal))
    AND +state = 'claimed' AND claimed_until = :until AND revoked = 0;

-- name: settle
WITH moved (ordinal, started_at, state, due_at, delay) AS (
    VALUES (:ordinal, :started_at, :state, :due_at, :delay)
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

-- name: add_attempt
-- Its place among those of its Delivery is when it began.
INSERT INTO attempt (
    delivery, place, started_at, first_byte, total,
    ordinal, kind, status, detail, retry_after, address, resolve, connect, tls
)
VALUES (
    :delivery, :started_at, :started_at, :first_byte, :total,
    :ordinal, :kind, :status, :detail, :retry_after, :address, :resolve, :connect, :tls
);

-- name: add_late_attempt
-- Behind all others of its Delivery, unless it is there already: a settling that was broken
-- off when it had been committed is repeated.
WITH made (
    delivery, started_at, first_byte, total,
    ordinal, kind, status, detail, retry_after, address, resolve, connect, tls
) AS (
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)
INSERT INTO attempt (
    delivery, place, ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
)
SELECT
    delivery,
    max(started_at, coalesce(
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

-- name: drop_body
UPDATE content SET body = x'' WHERE delivery = :ordinal;
