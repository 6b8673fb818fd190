-- name: get
SELECT content FROM origin WHERE source = ?;

-- name: put
INSERT INTO origin (source, content) VALUES (?, ?)
ON CONFLICT (source) DO UPDATE SET content = excluded.content;
