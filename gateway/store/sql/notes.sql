-- name: insert
INSERT INTO notes (
    id, thread_id, conversation_id, agent_id, client_id, text, created_at, mentions
)
VALUES (
    :id, :thread_id, :conversation_id, :agent_id, :client_id, :text, :created_at,
    :mentions
);

-- name: among
SELECT * FROM notes WHERE id IN (SELECT value FROM {listed});

-- name: by_client_id
SELECT * FROM notes WHERE agent_id = :agent_id AND client_id = :client_id;
