-- name: following
SELECT
    ordinal,
    state IN ('delivered', 'exhausted', 'cancelled') AS has_ended,
    created_at < :before AS is_old
FROM delivery_now
WHERE ordinal > :after
ORDER BY ordinal
LIMIT :limit;

-- name: prune
DELETE FROM delivery WHERE ordinal IN (SELECT value FROM json_each(:ordinals));
