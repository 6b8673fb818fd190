-- name: find
SELECT native, id FROM identity
WHERE kind = :kind AND source = :source AND is_alias = 0
    AND native IN (SELECT value FROM json_each(:natives));

-- name: make
INSERT INTO identity (kind, source, native) VALUES (?, ?, ?);

-- name: native_of
SELECT source, native FROM identity
WHERE id = :id AND kind = :kind AND (:source IS NULL OR source = :source);

-- name: reserve
INSERT INTO identity (kind, source, native) VALUES (:kind, :source, NULL) RETURNING id;

-- name: of_id
SELECT kind, source, native FROM identity WHERE id = :id;

-- name: bind
UPDATE identity SET native = :native, is_alias = :is_alias WHERE id = :id;
