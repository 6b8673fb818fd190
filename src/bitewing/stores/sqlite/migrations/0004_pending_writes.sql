-- What was asked to be written into the practices; see model/pending.
CREATE TABLE pending_write (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    institution     TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    subject         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    due_at          INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    wish            BLOB    NOT NULL,
    shown           BLOB    NOT NULL,
    state           TEXT    NOT NULL,
    deadline        INTEGER,
    tries           INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    native          INTEGER NOT NULL,
    owner           TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL
) STRICT;

CREATE INDEX pending_write_open ON pending_write (source, id)
    WHERE state IN ('waiting', 'writing');

CREATE INDEX pending_write_by_subject ON pending_write (subject, kind);

CREATE UNIQUE INDEX pending_write_by_key ON pending_write (owner, idempotency_key)
    WHERE idempotency_key <> '';
