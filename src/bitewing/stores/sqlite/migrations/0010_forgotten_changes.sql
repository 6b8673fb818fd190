-- Old Changes are forgotten; how many they were stays in the books.
CREATE TABLE forgotten_change (
    source TEXT    NOT NULL,
    feed   TEXT    NOT NULL,
    known  INTEGER NOT NULL,
    PRIMARY KEY (source, feed)
) STRICT, WITHOUT ROWID;

ALTER TABLE subscription ADD COLUMN unwished INTEGER NOT NULL DEFAULT 0;

UPDATE subscription SET unwished = (
    SELECT count(*)
    FROM change
    WHERE change.source = subscription.source AND change.feed = subscription.watch
        AND change.number <= subscription.first_change
)
WHERE watch IS NOT NULL;
