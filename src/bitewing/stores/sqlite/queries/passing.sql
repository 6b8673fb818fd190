-- name: all
SELECT ordinal, until, subscription, lanes
FROM passing
CROSS JOIN delivery ON ordinal = passing.delivery;

-- name: enter
INSERT INTO passing (delivery, until) VALUES (:delivery, :until);

-- name: leave
DELETE FROM passing WHERE delivery IN (VALUES (:delivery));

-- name: among
SELECT ordinal
FROM delivery
WHERE id IN (SELECT value FROM json_each(:ids)) AND +ordinal IN (SELECT delivery FROM passing);

-- name: count
SELECT count(*)
FROM passing
CROSS JOIN delivery ON ordinal = passing.delivery
WHERE +subscription = :subscription;

-- name: overdue
SELECT delivery FROM passing WHERE until <= :now;

-- name: write_as_claimed
UPDATE delivery SET
    state = 'claimed', attempts = 0, is_retry = 0, claimed_until = (
        SELECT until FROM passing WHERE passing.delivery = delivery.ordinal
    )
WHERE ordinal IN (SELECT value FROM json_each(:ordinals))
RETURNING ordinal, subscription, lanes;

-- name: forget
DELETE FROM passing WHERE delivery IN (SELECT value FROM json_each(:ordinals));
