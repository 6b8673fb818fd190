-- name: find
SELECT id, state
FROM endpoint
WHERE institution = :institution AND owner = :owner AND url = :url;

-- name: add
INSERT INTO endpoint (institution, owner, url, state)
VALUES (:institution, :owner, :url, :state);
