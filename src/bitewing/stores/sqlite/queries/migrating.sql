-- name: tables
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\';

-- name: applied
SELECT coalesce(max(number), 0) FROM migration;

-- name: remember
INSERT INTO migration (number, name, applied_at)
VALUES (:number, :name, CAST(strftime('%s', 'now') AS INTEGER) * 1000000);
