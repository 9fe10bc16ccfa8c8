-- name: get
SELECT value FROM facts WHERE key = :key;

-- name: put
INSERT INTO facts (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: between
SELECT key, value FROM facts WHERE key >= :first AND key < :beyond ORDER BY key;
