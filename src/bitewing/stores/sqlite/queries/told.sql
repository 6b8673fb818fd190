-- name: get
SELECT what FROM told WHERE about = :about;

-- name: put
INSERT INTO told (about, what) VALUES (:about, :what)
ON CONFLICT (about) DO UPDATE SET what = excluded.what;

-- name: forget
DELETE FROM told WHERE about = :about;
