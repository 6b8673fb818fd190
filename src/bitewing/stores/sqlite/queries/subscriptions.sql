-- name: add
INSERT INTO subscription (
    institution, source, dialect, owner, endpoint, url, event_name, watch, every, workstation,
    note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to, window_polled_at,
    window_floor, window_sent, window_sent_key, window_changes, window_expired, last_sent_at,
    failures, failure, resume_at, delivered, expired, first_change
)
VALUES (
    :institution, :source, :dialect, :owner, :endpoint, :url, :event_name, :watch, :every,
    :workstation, :note, :starts_at, :stops_at, :bookmark_after, :bookmark_since,
    :window_up_to, :window_polled_at, :window_floor, :window_sent, :window_sent_key,
    :window_changes, :window_expired, :last_sent_at, :failures, :failure, :resume_at,
    :delivered, :expired, :first_change
);

-- name: get
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change
FROM subscription
WHERE number = :number;

-- name: of_owner
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change
FROM subscription
WHERE owner = :owner
ORDER BY number;

-- name: all
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change
FROM subscription
ORDER BY number;

-- name: put
UPDATE subscription SET
    institution = :institution, source = :source, dialect = :dialect, owner = :owner,
    endpoint = :endpoint, url = :url, event_name = :event_name, watch = :watch, every = :every,
    workstation = :workstation, note = :note, starts_at = :starts_at, stops_at = :stops_at,
    bookmark_after = :bookmark_after, bookmark_since = :bookmark_since,
    window_up_to = :window_up_to, window_polled_at = :window_polled_at,
    window_floor = :window_floor, window_sent = :window_sent,
    window_sent_key = :window_sent_key, window_changes = :window_changes,
    window_expired = :window_expired, last_sent_at = :last_sent_at, failures = :failures,
    failure = :failure, resume_at = :resume_at, delivered = :delivered, expired = :expired,
    first_change = :first_change
WHERE number = :number;

-- name: remove
DELETE FROM subscription WHERE number = :number;
