-- name: insert
INSERT INTO webhooks (
    id, url, types, batch, secrets, state, created_at, description, disabled_reason
) VALUES (
    :id, :url, :types, :batch, :secrets, :state, :created_at, :description,
    :disabled_reason
);

-- name: save
UPDATE webhooks SET
    url = :url, types = :types, batch = :batch, secrets = :secrets, state = :state,
    description = :description, disabled_reason = :disabled_reason
WHERE id = :id;

-- name: delete
DELETE FROM webhooks WHERE id = :id;

-- name: get
SELECT * FROM webhooks WHERE id = :id;

-- name: listing
SELECT * FROM webhooks ORDER BY id;

-- name: owe
INSERT INTO deliveries (
    id, webhook_id, url, token_id, message_id, event_seq, event_type, body, state,
    attempts, due_at, created_at, finished_at, last_status, last_error
) VALUES (
    :id, :webhook_id, :url, :token_id, :message_id, :event_seq, :event_type, :body,
    :state, :attempts, :due_at, :created_at, :finished_at, :last_status, :last_error
);

-- name: reports
SELECT events.*, messages.report_url, messages.token_id
FROM events JOIN messages
    ON messages.id = events.message_id AND messages.report_url IS NOT NULL
WHERE events.seq > :after AND events.seq <= :until
    AND events.type <> 'message.progress'
ORDER BY events.seq;

-- name: delivered
UPDATE deliveries SET
    state = 'delivered', attempts = attempts + 1, finished_at = :at,
    last_status = :status, last_error = NULL
WHERE id IN (SELECT value FROM {listed});

-- name: save_delivery
UPDATE deliveries SET
    url = :url, state = :state, attempts = :attempts, due_at = :due_at,
    created_at = :created_at, finished_at = :finished_at, last_status = :last_status, last_error = :last_error
WHERE id = :id;

-- name: delivery
SELECT * FROM deliveries WHERE id = :id;

-- name: deliveries
SELECT * FROM deliveries
WHERE id < :before AND (:state IS NULL OR state = :state)
ORDER BY id DESC LIMIT :limit;

-- name: deliveries_of
SELECT * FROM deliveries
WHERE webhook_id = :webhook_id AND id < :before
    AND (:state IS NULL OR state = :state)
ORDER BY id DESC LIMIT :limit;

-- name: pending
SELECT * FROM deliveries
WHERE state = 'pending' AND url = :url ORDER BY due_at, id LIMIT :limit;

-- Steps from one URL to the next instead of reading all that is pending.
-- name: agenda
WITH RECURSIVE listener (url) AS (
    SELECT MIN(url) FROM deliveries WHERE state = 'pending'
    UNION ALL
    SELECT (
        SELECT MIN(deliveries.url) FROM deliveries
        WHERE deliveries.state = 'pending' AND deliveries.url > listener.url
    )
    FROM listener WHERE listener.url IS NOT NULL
)
SELECT url, (
    SELECT MIN(deliveries.due_at) FROM deliveries
    WHERE deliveries.state = 'pending' AND deliveries.url = listener.url
) AS due_at
FROM listener WHERE url IS NOT NULL;

-- name: pending_count
SELECT COUNT(*) AS count FROM deliveries WHERE state = 'pending';
