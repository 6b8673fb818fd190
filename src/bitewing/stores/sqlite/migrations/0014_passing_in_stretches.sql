-- They come in stretches, and their Attempts say that they have gone: two rows less for each.
DROP VIEW delivery_now;
DROP TRIGGER passing_kept;
DROP TRIGGER passing_in_place;
CREATE TEMP TABLE passing_before AS SELECT delivery, until FROM passing;
DROP TABLE passing;

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

INSERT INTO passing (first, last, until, remaining)
SELECT delivery, delivery, until, 1 FROM temp.passing_before;
DROP TABLE temp.passing_before;

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
