-- Listings differ in what drives them: an index that fits, or the age of the rows.
-- A filter that is NULL lets everything pass; ids grow with time.

-- name: by_age
SELECT * FROM messages AS m
WHERE m.id < :before
    AND (:state IS NULL OR m.state = :state)
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;

-- name: by_waiting_state
SELECT * FROM messages AS m
WHERE m.state = :state AND m.state IN ('scheduled', 'queued')
    AND m.id < :before
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;

-- As many as all windows have room for: sorting them costs less than an index by age.
-- name: sending
SELECT * FROM messages AS m
WHERE m.state = 'sending' AND m.id < :before
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;

-- name: by_troubled_state
SELECT * FROM messages AS m
WHERE m.state = :state
    AND m.state IN
    ('undelivered', 'failed', 'expired', 'unknown', 'cancelled', 'partial')
    AND m.id < :before
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;

-- name: by_reference
SELECT * FROM messages AS m
WHERE m.reference = :reference AND m.id < :before
    AND (:state IS NULL OR m.state = :state)
    AND (:thread_id IS NULL OR m.thread_id = :thread_id)
    AND (:peer IS NULL OR m.peer = :peer)
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;

-- name: by_thread
SELECT * FROM messages AS m
WHERE m.thread_id = :thread_id AND m.id < :before
    AND (:state IS NULL OR m.state = :state)
    AND (:peer IS NULL OR m.peer = :peer)
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;

-- name: by_peer
SELECT m.* FROM contacts AS c
JOIN threads AS t ON t.contact_id = c.id
JOIN messages AS m ON m.thread_id = t.id
WHERE c.address = :peer AND m.id < :before
    AND (:state IS NULL OR m.state = :state)
    AND (:direction IS NULL OR m.direction = :direction)
    AND (:link IS NULL OR m.link = :link)
    AND (:since IS NULL OR m.created_at >= :since)
    AND (:until IS NULL OR m.created_at < :until)
ORDER BY m.id DESC LIMIT :limit;
