-- name: any
SELECT 1 AS found FROM tombstones LIMIT 1;

-- name: of
SELECT * FROM tombstones WHERE digest IN (SELECT value FROM {listed});

-- name: put
INSERT INTO tombstones (digest, erased_at, opted_out_at, opt_out_source, blocked_at)
VALUES (:digest, :erased_at, :opted_out_at, :opt_out_source, :blocked_at)
ON CONFLICT (digest) DO UPDATE SET erased_at = :erased_at,
    opted_out_at = :opted_out_at, opt_out_source = :opt_out_source,
    blocked_at = :blocked_at;

-- name: drop
DELETE FROM tombstones WHERE digest = :digest;
