-- name: get
SELECT patient FROM selection WHERE source = :source AND workstation = :workstation;

-- name: put
INSERT INTO selection (source, workstation, patient) VALUES (:source, :workstation, :patient)
ON CONFLICT (source, workstation) DO UPDATE SET patient = excluded.patient;
