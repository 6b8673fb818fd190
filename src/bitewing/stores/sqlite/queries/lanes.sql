-- name: anybody
-- Where all goes well, nobody stands in any lane.
SELECT EXISTS (SELECT 1 FROM lane);

-- name: taken
SELECT value
FROM json_each(:numbers)
WHERE EXISTS (SELECT 1 FROM lane WHERE number = value);

-- name: enter
INSERT INTO lane (number, delivery) VALUES (:number, :delivery);

-- name: leave
WITH gone (number, delivery) AS (VALUES (:number, :delivery))
DELETE FROM lane WHERE (number, delivery) IN (SELECT number, delivery FROM gone);

-- name: heads
SELECT gone.value, (SELECT min(delivery) FROM lane WHERE number = gone.value)
FROM json_each(:numbers) AS gone;

-- name: move_up
WITH head (ordinal, lanes) AS (VALUES (:ordinal, :lanes))
UPDATE delivery SET blocked = blocked - head.lanes
FROM head
WHERE delivery.ordinal = head.ordinal;
