-- name: taken
SELECT DISTINCT number FROM lane WHERE number IN (SELECT value FROM json_each(:numbers));

-- name: enter
INSERT INTO lane (number, delivery) VALUES (?, ?);

-- name: leave
DELETE FROM lane WHERE number = ? AND delivery = ?;

-- name: head
SELECT min(delivery) FROM lane WHERE number = ?;

-- name: move_up
UPDATE delivery SET blocked = blocked - 1
WHERE ordinal = (SELECT min(delivery) FROM lane WHERE number = ?);
