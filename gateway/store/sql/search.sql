-- name: any
SELECT 1 AS found FROM search_rows LIMIT 1;

-- name: rows
SELECT * FROM search_rows WHERE entry_id IN (SELECT value FROM {listed});

-- name: newest_place
SELECT MAX(id) AS place FROM search_rows WHERE id >= :first AND id < :beyond;

-- name: insert
INSERT INTO search_rows (id, entry_id, kind, words, tails)
VALUES (:id, :entry_id, :kind, :words, :tails);

-- name: insert_words
INSERT INTO search_words (rowid, words, tails, kind)
VALUES (:id, :words, :tails, :kind);

-- name: delete_words
INSERT INTO search_words (search_words, rowid, words, tails, kind)
SELECT 'delete', id, words, tails, kind FROM search_rows WHERE entry_id = :entry_id;

-- name: delete
DELETE FROM search_rows WHERE entry_id = :entry_id;

-- name: find
SELECT r.* FROM search_words AS w CROSS JOIN search_rows AS r ON r.id = w.rowid
WHERE w.search_words MATCH :wanted AND w.rowid >= :first AND w.rowid < :before
ORDER BY w.rowid DESC LIMIT :limit;

-- name: said_in
SELECT r.* FROM (
    SELECT * FROM (SELECT id AS entry_id FROM messages
        WHERE thread_id IN (SELECT value FROM {listed}) AND id < 'msg_' || :before
        ORDER BY id DESC LIMIT :limit)
    UNION ALL SELECT * FROM (SELECT id FROM notes
        WHERE thread_id IN (SELECT value FROM {listed}) AND id < 'not_' || :before
        ORDER BY id DESC LIMIT :limit)
    UNION ALL SELECT * FROM (SELECT id FROM steps
        WHERE thread_id IN (SELECT value FROM {listed}) AND id < 'stp_' || :before
        ORDER BY id DESC LIMIT :limit)
) AS e CROSS JOIN search_rows AS r ON r.entry_id = e.entry_id
ORDER BY substr(r.entry_id, 5) DESC LIMIT :limit;

-- name: entry_at
SELECT entry_id FROM search_rows WHERE id = :id;

-- name: messages
SELECT id, thread_id, contact_id, text, created_at AS at FROM messages
WHERE id IN (SELECT value FROM {listed}) AND text IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM replies
        WHERE message_id = messages.id AND state = 'withdrawn');

-- name: notes
SELECT n.id, n.thread_id, t.contact_id, n.text, n.created_at AS at FROM notes AS n
CROSS JOIN threads AS t ON t.id = n.thread_id
WHERE n.id IN (SELECT value FROM {listed});

-- name: steps
SELECT s.id, s.thread_id, t.contact_id, s.text, s.at FROM steps AS s
CROSS JOIN threads AS t ON t.id = s.thread_id
WHERE s.id IN (SELECT value FROM {listed}) AND s.kind = 'passed' AND s.text <> '';

-- name: older_messages
SELECT id FROM messages WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: older_notes
SELECT id FROM notes WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: older_steps
SELECT id FROM steps WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: older_contacts
SELECT id FROM contacts WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: pages
SELECT COUNT(*) AS pages FROM search_words_data;

-- name: merge
INSERT INTO search_words (search_words, rank) VALUES ('merge', :pages);
