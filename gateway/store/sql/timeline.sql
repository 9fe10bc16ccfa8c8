-- What its writer took back was never said.

-- name: messages_before
SELECT id FROM messages WHERE thread_id = :thread_id AND id < :place
    AND NOT EXISTS (SELECT 1 FROM replies
        WHERE message_id = messages.id AND state = 'withdrawn')
ORDER BY id DESC LIMIT :limit;

-- name: notes_before
SELECT id FROM notes WHERE thread_id = :thread_id AND id < :place
ORDER BY id DESC LIMIT :limit;

-- name: steps_before
SELECT id FROM steps WHERE thread_id = :thread_id AND id < :place
ORDER BY id DESC LIMIT :limit;

-- name: replies_before
SELECT id FROM replies WHERE thread_id = :thread_id AND state <> 'queued'
    AND state <> 'withdrawn' AND id < :place
ORDER BY id DESC LIMIT :limit;

-- What went out by another line is another thread's message: it is shown where it was
-- written, too.

-- name: sent_before
SELECT message_id AS id FROM replies
WHERE thread_id = :thread_id AND message_id IS NOT NULL AND message_id < :place
    AND state <> 'withdrawn'
ORDER BY message_id DESC LIMIT :limit;

-- name: sent_after
SELECT message_id AS id FROM replies
WHERE thread_id = :thread_id AND message_id IS NOT NULL AND message_id > :place
    AND state <> 'withdrawn'
ORDER BY message_id LIMIT :limit;

-- name: messages_after
SELECT id FROM messages WHERE thread_id = :thread_id AND id > :place
    AND NOT EXISTS (SELECT 1 FROM replies
        WHERE message_id = messages.id AND state = 'withdrawn')
ORDER BY id LIMIT :limit;

-- name: notes_after
SELECT id FROM notes WHERE thread_id = :thread_id AND id > :place
ORDER BY id LIMIT :limit;

-- name: steps_after
SELECT id FROM steps WHERE thread_id = :thread_id AND id > :place
ORDER BY id LIMIT :limit;

-- name: replies_after
SELECT id FROM replies WHERE thread_id = :thread_id AND state <> 'queued'
    AND state <> 'withdrawn' AND id > :place
ORDER BY id LIMIT :limit;

-- name: progress
SELECT message_id, COUNT(*) AS total,
    SUM(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) AS sent,
    SUM(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END) AS delivered
FROM segments WHERE message_id IN (SELECT value FROM {listed}) GROUP BY message_id;
