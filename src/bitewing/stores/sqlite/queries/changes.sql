-- name: latest
SELECT number FROM latest_change WHERE source = :source;

-- name: advance
INSERT INTO latest_change (source, number) VALUES (:source, :number)
ON CONFLICT (source) DO UPDATE SET number = excluded.number;

-- name: sources
SELECT source FROM latest_change ORDER BY source;

-- name: earliest
SELECT min(number) FROM change WHERE source = :source;

-- name: oldest
SELECT number, noticed_at FROM change WHERE source = :source ORDER BY number LIMIT :limit;

-- name: remember
-- The plus keeps it from reading all Changes of the Source in the order of the feeds.
INSERT INTO forgotten_change (source, feed, known)
SELECT source, feed, count(*)
FROM change
WHERE source = :source AND number <= :up_to
GROUP BY +feed
ON CONFLICT (source, feed) DO UPDATE SET known = known + excluded.known;

-- name: forget
DELETE FROM change WHERE source = :source AND number <= :up_to;

-- name: forgotten
SELECT coalesce(sum(known), 0)
FROM forgotten_change
WHERE source = :source AND (:feed IS NULL OR feed = :feed);

-- name: append
INSERT INTO change (
    source, number, watch, record, kind, feed, noticed_at, changed_at,
    before_fingerprint, before_image, after_fingerprint, after_image
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: between
SELECT
    number, watch, record, kind, noticed_at, changed_at,
    before_fingerprint, before_image, after_fingerprint, after_image
FROM change
WHERE source = :source AND number BETWEEN :since AND :until
ORDER BY number
LIMIT :limit;

-- name: count_all
SELECT count(*)
FROM change
WHERE source = :source AND number > :after AND number <= :up_to
    AND (:before IS NULL OR changed_at < :before);

-- name: count_of_feed
SELECT count(*)
FROM change
WHERE source = :source AND feed = :feed AND number > :after AND number <= :up_to
    AND (:before IS NULL OR changed_at < :before);
