-- name: latest
SELECT number FROM latest_change WHERE source = :source;

-- name: advance
INSERT INTO latest_change (source, number) VALUES (:source, :number)
ON CONFLICT (source) DO UPDATE SET number = excluded.number;

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
