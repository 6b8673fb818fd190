-- name: all
SELECT first, until, delivery.ordinal, subscription, lanes
FROM passing
CROSS JOIN delivery ON delivery.ordinal BETWEEN first AND last
WHERE +state = 'delivered'
    AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.delivery = delivery.ordinal)
ORDER BY first;

-- name: enter
INSERT INTO passing (first, last, until, remaining) VALUES (:first, :last, :until, :remaining);

-- name: shorten
WITH gone (first, number) AS (VALUES (:first, :number))
UPDATE passing SET remaining = remaining - gone.number
FROM gone
WHERE passing.first = gone.first;

-- name: end
DELETE FROM passing WHERE first IN (VALUES (:first)) AND remaining = 0;

-- name: recount
UPDATE passing SET remaining = (
    SELECT count(*)
    FROM delivery
    WHERE delivery.ordinal BETWEEN first AND last AND +state = 'delivered'
        AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.delivery = delivery.ordinal)
);

-- name: end_all
DELETE FROM passing WHERE remaining = 0;

-- name: ordinals
SELECT ordinal FROM delivery WHERE id IN (SELECT value FROM json_each(:ids));

-- name: of_subscription
SELECT delivery.ordinal
FROM passing
CROSS JOIN delivery ON delivery.ordinal BETWEEN first AND last
WHERE +state = 'delivered' AND +subscription = :subscription
    AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.delivery = delivery.ordinal);

-- name: write_as_claimed
UPDATE delivery SET
    state = 'claimed', attempts = 0, is_retry = 0, claimed_until = (
        SELECT until FROM passing WHERE first <= delivery.ordinal ORDER BY first DESC LIMIT 1
    )
WHERE ordinal IN (SELECT value FROM json_each(:ordinals))
RETURNING ordinal, subscription, lanes;
