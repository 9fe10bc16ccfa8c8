-- name: get
SELECT * FROM read_marks WHERE agent_id = :agent_id AND thread_id = :thread_id;

-- name: put
INSERT INTO read_marks (agent_id, thread_id, entry, at)
VALUES (:agent_id, :thread_id, :entry, :at)
ON CONFLICT (agent_id, thread_id) DO UPDATE SET entry = excluded.entry, at = excluded.at;

-- name: unread
SELECT t.id AS thread_id, (
    SELECT COUNT(*) FROM (
        SELECT 1 FROM (
            SELECT t.id AS id
            UNION ALL
            SELECT a.thread_id FROM thread_aliases AS a WHERE a.main_id = t.id
        ) AS shown
        JOIN messages AS m ON m.thread_id = shown.id
        WHERE m.direction = 'mo'
            AND m.id > 'msg_' || COALESCE(substr(r.entry, 5), '')
            AND (r.entry IS NOT NULL OR m.created_at >= :since)
        LIMIT :most
    ) AS some
) AS unread
FROM threads AS t
LEFT JOIN read_marks AS r ON r.thread_id = t.id AND r.agent_id = :agent_id
WHERE t.id IN (SELECT value FROM {listed});
