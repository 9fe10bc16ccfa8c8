-- name: oldest_messages
SELECT id, state, created_at FROM messages WHERE id > :after ORDER BY id LIMIT :limit;

-- name: delete_message
DELETE FROM messages WHERE id = :id;

-- name: oldest_raw
SELECT s.message_id, s.number, m.created_at FROM segments AS s
JOIN messages AS m ON m.id = s.message_id
WHERE s.raw IS NOT NULL
ORDER BY s.message_id, s.number LIMIT :limit;

-- name: drop_raw
UPDATE segments SET raw = NULL WHERE message_id = :message_id AND number = :number;

-- name: oldest_events
SELECT seq, at FROM events WHERE seq <= :read_by_all ORDER BY seq LIMIT :limit;

-- name: delete_events
DELETE FROM events WHERE seq <= :last;

-- name: fingerprints
DELETE FROM fingerprints WHERE fingerprint IN (
    SELECT fingerprint FROM fingerprints WHERE at < :before ORDER BY at LIMIT :limit
);

-- name: parked
DELETE FROM parked_reports WHERE id IN (
    SELECT id FROM parked_reports WHERE received_at < :before ORDER BY id LIMIT :limit
);

-- name: answers
DELETE FROM answers WHERE (token_id, key) IN (
    SELECT token_id, key FROM answers WHERE at < :before ORDER BY at LIMIT :limit
);

-- name: deliveries
DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries
    WHERE state <> 'pending' AND finished_at < :before
    ORDER BY finished_at LIMIT :limit
);

-- name: quarantine
DELETE FROM quarantine WHERE id IN (
    SELECT id FROM quarantine WHERE received_at < :before ORDER BY id LIMIT :limit
);
