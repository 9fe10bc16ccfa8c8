-- name: create
CREATE TABLE IF NOT EXISTS schema_steps (
    number INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    oldest_code INTEGER NOT NULL
);

-- name: state
SELECT COALESCE(MAX(number), 0) AS number, COALESCE(MAX(oldest_code), 0) AS oldest_code
FROM schema_steps;

-- name: record
INSERT INTO schema_steps (number, name, oldest_code)
VALUES (:number, :name, :oldest_code);
