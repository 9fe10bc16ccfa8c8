-- name: addresses
SELECT address AS id FROM contacts WHERE id IN (SELECT value FROM {listed});

-- name: threads
SELECT id FROM threads WHERE contact_id IN (SELECT value FROM {listed});

-- name: messages
SELECT id FROM messages WHERE thread_id IN (SELECT value FROM {listed});

-- name: notes
SELECT id FROM notes WHERE thread_id IN (SELECT value FROM {listed});

-- name: replies
SELECT id FROM replies WHERE thread_id IN (SELECT value FROM {listed});

-- name: steps
SELECT id FROM steps WHERE thread_id IN (SELECT value FROM {listed});

-- name: conversations
SELECT id FROM conversations WHERE thread_id IN (SELECT value FROM {listed})
UNION SELECT id FROM conversations WHERE contact_id IN (SELECT value FROM {listed});

-- name: search
SELECT entry_id AS id FROM search_rows WHERE entry_id IN (SELECT value FROM {listed});

-- name: being_sent
SELECT id FROM messages WHERE id IN (SELECT value FROM {listed}) AND state = 'sending' LIMIT 1;

-- name: events
SELECT seq, message_id, thread_id,
    CASE WHEN type LIKE 'contact.%' THEN data END AS contact
FROM events WHERE seq > :after ORDER BY seq LIMIT :limit;

-- name: deliveries
SELECT id, event_seq, message_id FROM deliveries WHERE id > :after ORDER BY id LIMIT :limit;

-- name: drop_events
DELETE FROM events WHERE seq = :id;

-- name: drop_deliveries
DELETE FROM deliveries WHERE id = :id;

-- name: drop_notices
DELETE FROM notices WHERE message_id IN (SELECT value FROM {listed}) RETURNING id;

-- name: drop_parked
DELETE FROM parked_reports WHERE recipient IN (SELECT value FROM {listed}) RETURNING id;

-- name: drop_answers
DELETE FROM answers WHERE instr(body, :address) > 0;

-- name: drop_drafts
DELETE FROM drafts WHERE thread_id = :id;

-- name: drop_read_marks
DELETE FROM read_marks WHERE thread_id = :id;

-- name: drop_aliases
DELETE FROM thread_aliases WHERE thread_id = :id OR main_id = :id;

-- name: drop_replies
DELETE FROM replies WHERE id = :id;

-- name: drop_notes
DELETE FROM notes WHERE id = :id;

-- name: drop_steps
DELETE FROM steps WHERE id = :id;

-- name: drop_messages
DELETE FROM messages WHERE id = :id;

-- name: drop_ahead
DELETE FROM messages WHERE id = :id AND state <> 'sending';

-- name: drop_conversations
DELETE FROM conversations WHERE id = :id;

-- name: drop_threads
DELETE FROM threads WHERE id = :id;

-- name: drop_cards
DELETE FROM cards WHERE contact_id = :id;

-- name: drop_contacts
DELETE FROM contacts WHERE id = :id;
