-- name: add
INSERT INTO subscription (
    institution, source, dialect, owner, endpoint, url, event_name, watch, every, workstation,
    note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to, window_polled_at,
    window_floor, window_sent, window_sent_key, window_changes, window_expired, last_sent_at,
    failures, failure, resume_at, delivered, expired, first_change, is_active, created_at,
    updated_at, locations, version, unwished
)
VALUES (
    :institution, :source, :dialect, :owner, :endpoint, :url, :event_name, :watch, :every,
    :workstation, :note, :starts_at, :stops_at, :bookmark_after, :bookmark_since,
    :window_up_to, :window_polled_at, :window_floor, :window_sent, :window_sent_key,
    :window_changes, :window_expired, :last_sent_at, :failures, :failure, :resume_at,
    :delivered, :expired, :first_change, :is_active, :created_at, :updated_at, :locations,
    :version, :unwished
);

-- name: get
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change, is_active, created_at, updated_at, locations, version, unwished
FROM subscription
WHERE number = :number;

-- name: of_owner
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change, is_active, created_at, updated_at, locations, version, unwished
FROM subscription
WHERE owner = :owner
ORDER BY number;

-- name: of_endpoint
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change, is_active, created_at, updated_at, locations, version, unwished
FROM subscription
WHERE endpoint = :endpoint
ORDER BY number;

-- name: active
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change, is_active, created_at, updated_at, locations, version, unwished
FROM subscription
WHERE institution = :institution AND dialect = :dialect AND is_active = 1
ORDER BY number;

-- name: all
SELECT
    number, institution, source, dialect, owner, endpoint, url, event_name, watch, every,
    workstation, note, starts_at, stops_at, bookmark_after, bookmark_since, window_up_to,
    window_polled_at, window_floor, window_sent, window_sent_key, window_changes,
    window_expired, last_sent_at, failures, failure, resume_at, delivered, expired,
    first_change, is_active, created_at, updated_at, locations, version, unwished
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
    first_change = :first_change, is_active = :is_active, created_at = :created_at,
    updated_at = :updated_at, locations = :locations, version = :version,
    unwished = :unwished
WHERE number = :number;

-- name: remove
DELETE FROM subscription WHERE number = :number;
