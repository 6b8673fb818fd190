-- name: get
SELECT read_up_to, first_reading_after, first_reading_done, polled_at
FROM cursor
WHERE source = :source AND watch = :watch;

-- name: put
INSERT INTO cursor (
    source, watch, read_up_to, first_reading_after, first_reading_done, polled_at
)
VALUES (:source, :watch, :read_up_to, :first_reading_after, :first_reading_done, :polled_at)
ON CONFLICT (source, watch) DO UPDATE SET
    read_up_to = excluded.read_up_to,
    first_reading_after = excluded.first_reading_after,
    first_reading_done = excluded.first_reading_done,
    polled_at = excluded.polled_at;
