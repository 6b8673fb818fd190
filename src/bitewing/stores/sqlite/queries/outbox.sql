-- name: last_ordinal
SELECT coalesce(max(ordinal), 0) FROM delivery;

-- name: add
INSERT INTO delivery (
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, url, lane,
    event_name, workstation, created_at, due_at, state, attempts, claimed_until, blocked
)
VALUES (
    :ordinal, :id, :institution, :source, :subscription, :endpoint, :dialect, :owner, :url, :lane,
    :event_name, :workstation, :created_at, :due_at, :state, :attempts, :claimed_until,
    :state IN ('pending', 'claimed') AND EXISTS (
        SELECT 1 FROM delivery WHERE lane = :lane AND state IN ('pending', 'claimed')
    )
);

-- name: add_content
INSERT INTO content (delivery, records, body) VALUES (:ordinal, :records, :body);

-- name: find
SELECT ordinal, state, lane FROM delivery WHERE id = :id;

-- name: whole
SELECT
    ordinal, id, institution, source, subscription, endpoint, dialect, owner, url, lane,
    event_name, records, workstation, body, created_at, due_at, state, attempts, claimed_until
FROM delivery
JOIN content ON content.delivery = delivery.ordinal
WHERE ordinal IN (SELECT value FROM json_each(:ordinals));

-- name: due
SELECT ordinal
FROM delivery
WHERE state = 'pending' AND blocked = 0 AND due_at <= :now
ORDER BY due_at, ordinal
LIMIT :limit;

-- name: claim
UPDATE delivery SET state = 'claimed', claimed_until = :until
WHERE ordinal IN (SELECT value FROM json_each(:ordinals));

-- name: add_attempt
INSERT INTO attempt (
    delivery, ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
)
VALUES (
    :delivery, :ordinal, :started_at, :kind, :status, :detail, :retry_after, :address,
    :resolve, :connect, :tls, :first_byte, :total
);

-- name: settle
UPDATE delivery SET
    state = :state,
    due_at = coalesce(:due_at, due_at),
    attempts = attempts + 1,
    claimed_until = NULL
WHERE ordinal = :ordinal;

-- name: unblock
UPDATE delivery SET blocked = 0
WHERE ordinal = (
    SELECT min(ordinal) FROM delivery WHERE lane = :lane AND state IN ('pending', 'claimed')
);

-- name: lanes_to_cancel
SELECT DISTINCT lane
FROM delivery
WHERE subscription = :subscription
    AND state IN ('pending', 'claimed') AND state = 'pending' AND lane IS NOT NULL;

-- name: cancel
UPDATE delivery SET state = 'cancelled'
WHERE subscription = :subscription AND state IN ('pending', 'claimed') AND state = 'pending';

-- name: revoke
UPDATE delivery SET revoked = 1
WHERE subscription = :subscription AND state IN ('pending', 'claimed') AND state = 'claimed';

-- name: rescue
-- What was cancelled while it was under way is not sent again.
UPDATE delivery SET claimed_until = NULL, state = iif(revoked, 'cancelled', 'pending')
WHERE state = 'claimed' AND claimed_until <= :now
RETURNING state, lane;

-- name: drop_body
UPDATE content SET body = x'' WHERE delivery = :ordinal;

-- name: prune
DELETE FROM delivery
WHERE ordinal < (SELECT min(ordinal) FROM delivery) + :limit
    AND created_at < :before AND state NOT IN ('pending', 'claimed');

-- name: outstanding
SELECT count(*)
FROM delivery
WHERE subscription = :subscription AND state IN ('pending', 'claimed');

-- name: next_due
SELECT min(due_at) FROM delivery WHERE state = 'pending' AND blocked = 0;

-- name: attempts
SELECT
    attempt.ordinal, started_at, kind, status, detail, retry_after, address,
    resolve, connect, tls, first_byte, total
FROM attempt
WHERE attempt.delivery = (SELECT ordinal FROM delivery WHERE id = :id)
ORDER BY started_at, number;

-- name: count
INSERT INTO delivery_tally (state, known) VALUES (:state, :number)
ON CONFLICT (state) DO UPDATE SET known = known + excluded.known;

-- name: tally
SELECT 'pending', count(*) FROM delivery WHERE state IN ('pending', 'claimed') AND state = 'pending'
UNION ALL
SELECT 'claimed', count(*) FROM delivery WHERE state = 'claimed'
UNION ALL
SELECT state, known FROM delivery_tally;

-- name: recent
SELECT ordinal FROM delivery ORDER BY ordinal DESC LIMIT :limit;
