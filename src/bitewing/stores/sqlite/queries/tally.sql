-- name: count
INSERT INTO delivery_tally (state, known) VALUES (:state, :number)
ON CONFLICT (state) DO UPDATE SET known = known + excluded.known;

-- name: tally
SELECT 'pending', count(*) FROM delivery WHERE state = 'pending'
UNION ALL
SELECT 'claimed', count(*) + (SELECT coalesce(sum(remaining), 0) FROM passing)
FROM delivery
WHERE state = 'claimed'
UNION ALL
SELECT 'held', count(*) FROM delivery WHERE state = 'held'
UNION ALL
SELECT state, known FROM delivery_tally;
