-- What each Source was last said to be, so that a restart says nothing twice.
CREATE TABLE light (
    source    TEXT NOT NULL,
    aspect    TEXT NOT NULL,
    light     TEXT NOT NULL,
    worked_at INTEGER,
    PRIMARY KEY (source, aspect)
) STRICT, WITHOUT ROWID;
