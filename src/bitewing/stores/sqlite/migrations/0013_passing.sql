-- What the reception takes over is written as it will stand when it has been taken, and not
-- touched again if it is. Until then it is in here, and claimed until that moment.
CREATE TABLE passing (
    delivery INTEGER PRIMARY KEY,
    until    INTEGER NOT NULL
) STRICT;

-- Nothing removes or renumbers one of these: without its row in here it would have been delivered.
-- A reference would say so, too, but would be looked at as each of them is written.
CREATE TRIGGER passing_kept BEFORE DELETE ON delivery
WHEN old.ordinal IN (SELECT delivery FROM passing) BEGIN
    SELECT raise(ABORT, 'a Delivery that passes cannot be removed');
END;
CREATE TRIGGER passing_in_place BEFORE UPDATE OF ordinal ON delivery
WHEN old.ordinal IN (SELECT delivery FROM passing) BEGIN
    SELECT raise(ABORT, 'a Delivery that passes cannot be renumbered');
END;

-- Deliveries as they stand. What was taken at its first Attempt does not repeat when that began.
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
LEFT JOIN passing ON passing.delivery = delivery.ordinal;
