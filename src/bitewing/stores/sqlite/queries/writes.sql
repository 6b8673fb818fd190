-- name: add
INSERT INTO pending_write (
    id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
) VALUES (
    :id, :institution, :source, :kind, :subject, :created_at, :due_at, :updated_at,
    :wish, :shown, :state, :deadline, :tries, :reason, :native, :owner, :key
)
RETURNING id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key;

-- name: put
UPDATE pending_write
SET due_at = :due_at, updated_at = :updated_at, wish = :wish, shown = :shown, state = :state,
    deadline = :deadline, tries = :tries, reason = :reason, native = :native
WHERE id = :id;

-- name: get
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write WHERE id = :id;

-- name: due
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write AS w
WHERE source = :source AND state IN ('waiting', 'writing') AND kind <> 'patient'
    AND (due_at <= :now OR (state = 'waiting' AND updated_at < deadline AND deadline <= :now))
    AND NOT EXISTS (
        SELECT 1 FROM pending_write AS e
        WHERE e.subject = w.subject AND e.id < w.id AND e.state IN ('waiting', 'writing')
    )
ORDER BY id LIMIT 1;

-- name: next_due_at
SELECT MIN(iif(state = 'waiting' AND updated_at < deadline, MIN(due_at, deadline), due_at))
FROM pending_write
WHERE source = :source AND state IN ('waiting', 'writing') AND kind <> 'patient';

-- name: of_subject
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write WHERE subject = :subject AND kind = :kind
ORDER BY id DESC LIMIT 1;

-- name: keyed
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write WHERE owner = :owner AND idempotency_key = :key AND idempotency_key <> '';

-- name: unsettled
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write
WHERE source = :source AND state IN ('waiting', 'writing')
    AND state = 'writing' AND kind = :kind
ORDER BY id;

-- name: drafts
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write
WHERE source = :source AND kind = :kind
    AND (state IN ('draft', 'waiting', 'writing') OR (state = 'written' AND updated_at >= :since))
ORDER BY id;

-- name: waiting
SELECT source, COUNT(*) FROM pending_write
WHERE state IN ('waiting', 'writing') AND kind <> 'patient'
GROUP BY source;

-- name: open
SELECT id, institution, source, kind, subject, created_at, due_at, updated_at,
    wish, shown, state, deadline, tries, reason, native, owner, idempotency_key
FROM pending_write
WHERE source = :source AND state IN ('waiting', 'writing') AND kind <> 'patient'
ORDER BY id;
