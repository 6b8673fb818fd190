-- name: dictionary_of_watch
SELECT id, content FROM dictionary WHERE source = :source AND watch = :watch;

-- name: dictionary
SELECT content FROM dictionary WHERE id = :id;

-- name: next_id
-- Numbers below 32768 are kept for public dictionaries (RFC 8878, 5 "Dictionary_ID").
SELECT coalesce(max(id), 32767) + 1 FROM dictionary;

-- name: add_dictionary
INSERT INTO dictionary (id, source, watch, content) VALUES (:id, :source, :watch, :content);
