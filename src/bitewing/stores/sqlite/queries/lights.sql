-- name: of
SELECT aspect, light, worked_at FROM light WHERE source = :source;

-- name: put
INSERT INTO light (source, aspect, light, worked_at)
VALUES (:source, :aspect, :light, :worked_at)
ON CONFLICT (source, aspect) DO UPDATE SET
    light = excluded.light, worked_at = excluded.worked_at;
