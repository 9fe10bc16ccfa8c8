-- name: insert
INSERT INTO agents (
    id, login, name, alias, role, locale, password_hash, totp_secret, totp_pending,
    totp_step, max_active, presence, presence_at, preferences, created_at, disabled_at
) VALUES (
    :id, :login, :name, :alias, :role, :locale, :password_hash, :totp_secret,
    :totp_pending, :totp_step, :max_active, :presence, :presence_at, :preferences,
    :created_at, :disabled_at
)
ON CONFLICT (login) DO NOTHING;

-- name: save
UPDATE agents SET
    name = :name, alias = :alias, role = :role, locale = :locale,
    password_hash = :password_hash, totp_secret = :totp_secret,
    totp_pending = :totp_pending, totp_step = :totp_step, max_active = :max_active,
    preferences = :preferences, disabled_at = :disabled_at
WHERE id = :id;

-- name: get
SELECT * FROM agents WHERE id = :id;

-- name: by_login
SELECT * FROM agents WHERE login = :login;

-- name: listing
SELECT * FROM agents ORDER BY name, id;

-- name: among
SELECT * FROM agents WHERE id IN (SELECT value FROM {listed});

-- name: loads
SELECT
    assignee_id,
    SUM(CASE WHEN state = 'active' THEN 1 ELSE 0 END) AS active,
    SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting
FROM conversations
WHERE state NOT IN ('resolved', 'spam') AND assignee_id IS NOT NULL
GROUP BY assignee_id;

-- name: move
UPDATE agents SET presence = :presence, presence_at = :at WHERE id = :id;

-- name: end_span
UPDATE presence_spans SET to_at = :at WHERE agent_id = :id AND to_at IS NULL;

-- name: begin_span
INSERT INTO presence_spans (agent_id, presence, from_at) VALUES (:id, :presence, :at);

-- name: spans
SELECT presence, from_at, to_at FROM presence_spans
WHERE agent_id = :id AND from_at < :until AND (to_at IS NULL OR to_at > :since)
ORDER BY from_at, id;
