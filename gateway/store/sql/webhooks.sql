-- name: insert
INSERT INTO webhooks (
    id, url, types, secrets, state, created_at, description, disabled_reason
) VALUES (
    :id, :url, :types, :secrets, :state, :created_at, :description, :disabled_reason
);

-- name: save
UPDATE webhooks SET
    url = :url, types = :types, secrets = :secrets, state = :state,
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

-- name: save_delivery
UPDATE deliveries SET
    url = :url, state = :state, attempts = :attempts, due_at = :due_at,
    finished_at = :finished_at, last_status = :last_status, last_error = :last_error
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

-- name: due
SELECT * FROM deliveries
WHERE state = 'pending' AND due_at <= :now AND url NOT IN (:values)
ORDER BY due_at, id LIMIT :limit;

-- name: next_due
SELECT due_at FROM deliveries WHERE state = 'pending' ORDER BY due_at LIMIT 1;

-- name: pending_count
SELECT COUNT(*) AS count FROM deliveries WHERE state = 'pending';
