-- What the operator was last told of each thing, so that nothing is told twice.
CREATE TABLE told (
    about TEXT NOT NULL PRIMARY KEY,
    what  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
