-- name: insert
INSERT INTO logins (
    id, agent_id, digest, created_at, last_seen_at, expires_at, source, user_agent,
    revoked_at
) VALUES (
    :id, :agent_id, :digest, :created_at, :last_seen_at, :expires_at, :source,
    :user_agent, :revoked_at
);

-- name: by_digest
SELECT * FROM logins WHERE digest = :digest;

-- name: get
SELECT * FROM logins WHERE id = :id;

-- name: of_agent
SELECT * FROM logins WHERE agent_id = :agent_id AND revoked_at IS NULL
ORDER BY id DESC;

-- name: touch
UPDATE logins SET last_seen_at = :at WHERE id = :id;

-- name: revoke
UPDATE logins SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL;

-- name: purge
DELETE FROM logins WHERE expires_at < :before OR revoked_at < :before;
