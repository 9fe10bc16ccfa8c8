-- name: oldest_messages
SELECT id, state, created_at FROM messages WHERE id > :after ORDER BY id LIMIT :limit;

-- What belongs to a conversation that goes on stays with it.
-- name: delete_message
DELETE FROM messages WHERE id = :id AND NOT EXISTS (
    SELECT 1 FROM conversations AS c
    WHERE c.thread_id = coalesce(
        (SELECT a.main_id FROM thread_aliases AS a
        WHERE a.thread_id = messages.thread_id), messages.thread_id
    )
    AND c.state NOT IN ('resolved', 'spam') AND c.opened_at <= messages.created_at
);

-- name: delete_notes
DELETE FROM notes WHERE id IN (
    SELECT n.id FROM notes AS n
    WHERE n.id < :edge AND n.created_at < :before AND NOT EXISTS (
        SELECT 1 FROM conversations AS c WHERE c.thread_id = n.thread_id
        AND c.state NOT IN ('resolved', 'spam') AND c.opened_at <= n.created_at
    )
    ORDER BY n.id LIMIT :limit
) RETURNING id;

-- name: delete_steps
DELETE FROM steps WHERE id IN (
    SELECT s.id FROM steps AS s
    WHERE s.id < :edge AND s.at < :before AND NOT EXISTS (
        SELECT 1 FROM conversations AS c WHERE c.thread_id = s.thread_id
        AND c.state NOT IN ('resolved', 'spam') AND c.opened_at <= s.at
    )
    ORDER BY s.id LIMIT :limit
) RETURNING id;

-- name: delete_replies
DELETE FROM replies WHERE id IN (
    SELECT r.id FROM replies AS r
    WHERE r.id < :edge AND r.created_at < :before AND NOT EXISTS (
        SELECT 1 FROM conversations AS c WHERE c.thread_id = r.thread_id
        AND c.state NOT IN ('resolved', 'spam') AND c.opened_at <= r.created_at
    )
    ORDER BY r.id LIMIT :limit
) RETURNING id;

-- name: delete_conversations
DELETE FROM conversations WHERE id IN (
    SELECT c.id FROM conversations AS c
    WHERE c.id < :edge AND c.updated_at < :before AND c.state IN ('resolved', 'spam')
    ORDER BY c.id LIMIT :limit
) RETURNING id;

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
