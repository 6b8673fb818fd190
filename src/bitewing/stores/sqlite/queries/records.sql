-- name: fingerprints
SELECT number, fingerprint
FROM record
WHERE source = :source AND watch = :watch AND number IN (SELECT value FROM json_each(:numbers));

-- name: images
SELECT number, fingerprint, image
FROM record
WHERE source = :source AND watch = :watch AND number IN (SELECT value FROM json_each(:numbers));

-- name: put
INSERT INTO record (source, watch, number, change, changed_at, fingerprint, mark, image)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, watch, number) DO UPDATE SET
    change = excluded.change,
    changed_at = excluded.changed_at,
    fingerprint = excluded.fingerprint,
    mark = excluded.mark,
    image = excluded.image;

-- name: refresh
UPDATE record SET fingerprint = ?, mark = ?, image = ?
WHERE source = ? AND watch = ? AND number = ?;

-- name: outlines
SELECT number, mark, fingerprint
FROM record
WHERE source = :source AND watch = :watch AND number BETWEEN :low AND :high
    AND (:after IS NULL OR number > :after);

-- name: remove
DELETE FROM record
WHERE source = :source AND watch = :watch AND number IN (SELECT value FROM json_each(:numbers));

-- name: count
SELECT known FROM record_tally WHERE source = :source AND watch = :watch;

-- name: window_by_number
SELECT change, 0, number, fingerprint, image
FROM record
WHERE source = :source AND watch = :watch
    AND change > 0 AND change > :behind AND change <= :up_to
    AND changed_at >= :floor
ORDER BY change
LIMIT :limit;

-- name: window_by_time
-- The first condition on changed_at finds the place in the index, the second passes the equals.
SELECT changed_at, number, number, fingerprint, image
FROM record
WHERE source = :source AND watch = :watch
    AND changed_at >= :low
    AND (changed_at, number) > (:sent_at, :sent_key)
    AND change <= :up_to
    AND (changed_at >= :since OR change > :after)
ORDER BY changed_at, number
LIMIT :limit;

-- name: chunk
SELECT number, fingerprint, image
FROM record
WHERE source = :source AND watch = :watch AND number >= :low
    AND (:after IS NULL OR number > :after)
ORDER BY number
LIMIT :limit;
