-- name: insert_token
INSERT INTO tokens (
    id, name, digest, scopes, created_at, expires_at, revoked_at, last_used_at,
    sources, report_secret
) VALUES (
    :id, :name, :digest, :scopes, :created_at, :expires_at, :revoked_at, :last_used_at,
    :sources, :report_secret
);

-- name: save_token
UPDATE tokens SET
    name = :name, scopes = :scopes, expires_at = :expires_at, revoked_at = :revoked_at,
    last_used_at = :last_used_at, sources = :sources, report_secret = :report_secret
WHERE id = :id;

-- name: token
SELECT * FROM tokens WHERE id = :id;

-- name: token_by_digest
SELECT * FROM tokens WHERE digest = :digest;

-- name: tokens
SELECT * FROM tokens ORDER BY id;

-- name: answer
SELECT * FROM answers WHERE token_id = :token_id AND key = :key;

-- name: keep_answer
INSERT INTO answers (token_id, key, body_digest, status, body, at)
VALUES (:token_id, :key, :body_digest, :status, :body, :at)
ON CONFLICT (token_id, key) DO NOTHING;
