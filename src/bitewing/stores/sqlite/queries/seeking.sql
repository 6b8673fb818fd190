-- name: survey
SELECT endpoint, count(*), min(created_at)
FROM delivery_now
WHERE ordinal > :after
    AND state IN (SELECT value FROM json_each(:states))
    AND (:delivery IS NULL OR id = :delivery)
    AND (:owner IS NULL OR owner = :owner)
    AND (:endpoint IS NULL OR endpoint = :endpoint)
    AND (:subscription IS NULL OR subscription = :subscription)
    AND (:event_name IS NULL OR event_name = :event_name)
    AND (:since IS NULL OR created_at >= :since)
    AND (:until IS NULL OR created_at < :until)
    AND (:is_untried = 0 OR attempts = 0)
GROUP BY endpoint
ORDER BY endpoint;

-- name: seek
SELECT ordinal, id
FROM delivery_now
WHERE ordinal > :after
    AND state IN (SELECT value FROM json_each(:states))
    AND (:delivery IS NULL OR id = :delivery)
    AND (:owner IS NULL OR owner = :owner)
    AND (:endpoint IS NULL OR endpoint = :endpoint)
    AND (:subscription IS NULL OR subscription = :subscription)
    AND (:event_name IS NULL OR event_name = :event_name)
    AND (:since IS NULL OR created_at >= :since)
    AND (:until IS NULL OR created_at < :until)
    AND (:is_untried = 0 OR attempts = 0)
ORDER BY ordinal
LIMIT :limit;

-- name: held
SELECT ordinal, lanes
FROM delivery
WHERE id IN (SELECT value FROM json_each(:ids)) AND +state = 'held'
ORDER BY ordinal;

-- name: resume
UPDATE delivery SET
    ordinal = :new, state = 'pending', due_at = :due_at, blocked = :blocked, is_retry = 0,
    first_tried_at = NULL
WHERE ordinal = :ordinal;
