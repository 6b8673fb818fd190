-- name: columns
SELECT id, name FROM handle_column WHERE source = :source AND watch = :watch;

-- name: add_column
INSERT INTO handle_column (source, watch, name, indexed_up_to, is_complete)
VALUES (:source, :watch, :name, NULL, 0)
ON CONFLICT (source, watch, name) DO NOTHING;

-- name: drop_column
DELETE FROM handle_column WHERE id = :column;

-- name: restart
UPDATE handle_column SET indexed_up_to = NULL, is_complete = 0 WHERE id = :column;

-- name: places
SELECT indexed_up_to FROM handle_column
WHERE source = :source AND watch = :watch AND is_complete = 0;

-- name: advance
UPDATE handle_column
SET indexed_up_to = coalesce(:last, indexed_up_to), is_complete = :is_complete
WHERE source = :source AND watch = :watch AND is_complete = 0;

-- name: put
-- An entry that would stay as it is is not written.
INSERT INTO handle (column_id, number, value) VALUES (?, ?, ?)
ON CONFLICT (column_id, number) DO UPDATE SET value = excluded.value
WHERE value <> excluded.value;

-- name: drop
DELETE FROM handle WHERE column_id = ? AND number = ?;

-- name: known
SELECT number FROM record
WHERE source = :source AND watch = :watch AND number IN (SELECT value FROM json_each(:numbers));

-- name: remove
DELETE FROM handle
WHERE column_id = :column AND number IN (SELECT value FROM json_each(:numbers));

-- name: forget
DELETE FROM handle
WHERE column_id = :column AND number IN (
    SELECT number FROM handle WHERE column_id = :column LIMIT :limit
);

-- name: linked
SELECT record.number, record.fingerprint, record.image
FROM handle_column
CROSS JOIN handle ON handle.column_id = handle_column.id AND handle.value = :value
CROSS JOIN record
    ON record.source = :source AND record.watch = :watch AND record.number = handle.number
WHERE handle_column.source = :source AND handle_column.watch = :watch
    AND handle_column.name = :name
ORDER BY handle.number;

-- name: between
SELECT record.number, record.fingerprint, record.image
FROM handle_column
CROSS JOIN handle ON handle.column_id = handle_column.id
    AND handle.value BETWEEN :low AND :high
CROSS JOIN record
    ON record.source = :source AND record.watch = :watch AND record.number = handle.number
WHERE handle_column.source = :source AND handle_column.watch = :watch
    AND handle_column.name = :name
ORDER BY handle.value, handle.number
LIMIT :limit OFFSET :offset;

-- name: count_between
SELECT count(*)
FROM handle_column
CROSS JOIN handle ON handle.column_id = handle_column.id
    AND handle.value BETWEEN :low AND :high
WHERE handle_column.source = :source AND handle_column.watch = :watch
    AND handle_column.name = :name;
