-- Columns by whose values Records are found; see the port Records, keep_handles.
CREATE TABLE handle_column (
    id            INTEGER PRIMARY KEY,
    source        TEXT    NOT NULL,
    watch         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    indexed_up_to INTEGER,
    is_complete   INTEGER NOT NULL,
    UNIQUE (source, watch, name)
) STRICT;

CREATE TABLE handle (
    column_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    value     INTEGER NOT NULL,
    PRIMARY KEY (column_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX handle_by_value ON handle (column_id, value, number);

-- An alias was reserved for a thing that was given another id before it was bound.
CREATE TABLE identity (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    native   TEXT,
    is_alias INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX identity_by_native ON identity (kind, source, native)
    WHERE native IS NOT NULL AND is_alias = 0;
