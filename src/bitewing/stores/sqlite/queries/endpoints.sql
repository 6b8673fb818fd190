-- name: find
SELECT
    id, institution, owner, url, dialect, created_at, updated_at, state, reason, secret,
    old_secret, old_secret_until, headers, ca_pem, concurrency, per_second, is_ordered,
    failing_since, parked_until
FROM endpoint
WHERE owner = :owner AND institution = :institution AND dialect = :dialect AND url = :url
ORDER BY id
LIMIT 1;

-- name: add
INSERT INTO endpoint (
    institution, owner, url, dialect, created_at, updated_at, state, reason, secret, old_secret,
    old_secret_until, headers, ca_pem, concurrency, per_second, is_ordered, failing_since,
    parked_until
)
VALUES (
    :institution, :owner, :url, :dialect, :created_at, :updated_at, :state, :reason, :secret,
    :old_secret, :old_secret_until, :headers, :ca_pem, :concurrency, :per_second, :is_ordered,
    :failing_since, :parked_until
);

-- name: get
SELECT
    id, institution, owner, url, dialect, created_at, updated_at, state, reason, secret,
    old_secret, old_secret_until, headers, ca_pem, concurrency, per_second, is_ordered,
    failing_since, parked_until
FROM endpoint
WHERE id = :id;

-- name: put
UPDATE endpoint SET
    institution = :institution, owner = :owner, url = :url, dialect = :dialect, created_at =
    :created_at, updated_at = :updated_at, state = :state, reason = :reason, secret = :secret,
    old_secret = :old_secret, old_secret_until = :old_secret_until, headers = :headers, ca_pem =
    :ca_pem, concurrency = :concurrency, per_second = :per_second, is_ordered = :is_ordered,
    failing_since = :failing_since, parked_until = :parked_until
WHERE id = :id;

-- name: remove
DELETE FROM endpoint WHERE id = :id;

-- name: of_owner
SELECT
    id, institution, owner, url, dialect, created_at, updated_at, state, reason, secret,
    old_secret, old_secret_until, headers, ca_pem, concurrency, per_second, is_ordered,
    failing_since, parked_until
FROM endpoint
WHERE owner = :owner
ORDER BY id;

-- name: all
SELECT
    id, institution, owner, url, dialect, created_at, updated_at, state, reason, secret,
    old_secret, old_secret_until, headers, ca_pem, concurrency, per_second, is_ordered,
    failing_since, parked_until
FROM endpoint
ORDER BY id;

-- name: sealed
SELECT id, secret, old_secret, headers FROM endpoint
WHERE secret <> x'' OR old_secret <> x'' OR headers <> x'';

-- name: reseal
UPDATE endpoint SET secret = :secret, old_secret = :old_secret, headers = :headers
WHERE id = :id;
