-- name: insert
INSERT INTO replies (
    id, thread_id, conversation_id, agent_id, client_id, text, state, created_at, seq,
    message_id, canned_id, approver_id, approver_note, waited_since
)
VALUES (
    :id, :thread_id, :conversation_id, :agent_id, :client_id, :text, :state,
    :created_at, :seq, :message_id, :canned_id, :approver_id, :approver_note,
    :waited_since
);

-- name: save
UPDATE replies SET
    text = :text, state = :state, message_id = :message_id, seq = :seq,
    conversation_id = :conversation_id, waited_since = :waited_since,
    approver_id = :approver_id, approver_note = :approver_note
WHERE id = :id;

-- name: among
SELECT * FROM replies WHERE id IN (SELECT value FROM {listed});

-- name: by_client_id
SELECT * FROM replies WHERE agent_id = :agent_id AND client_id = :client_id;

-- name: by_messages
SELECT * FROM replies WHERE message_id IN (SELECT value FROM {listed});

-- name: by_others
SELECT * FROM replies
WHERE thread_id IN (SELECT value FROM {listed}) AND seq > :seq AND agent_id <> :agent_id
    AND state IN ('pending', 'queued')
ORDER BY seq;

-- name: pending
SELECT * FROM replies WHERE state = 'pending' AND id > :after
ORDER BY id LIMIT :limit;
