-- name: by_address
SELECT * FROM contacts WHERE address = :address;

-- name: by_addresses
SELECT * FROM contacts WHERE address IN (SELECT value FROM {listed});

-- name: threads_of
SELECT * FROM threads WHERE contact_id IN (SELECT value FROM {listed});

-- name: move_thread
UPDATE threads SET updated_at = :updated_at WHERE id = :id;

-- name: get
SELECT * FROM contacts WHERE id = :id;

-- name: insert
INSERT INTO contacts (id, address, created_at, opted_out_at, opt_out_source)
VALUES (:id, :address, :created_at, :opted_out_at, :opt_out_source);

-- name: save
UPDATE contacts SET opted_out_at = :opted_out_at, opt_out_source = :opt_out_source
WHERE id = :id;

-- name: thread
SELECT * FROM threads WHERE contact_id = :contact_id AND own = :own;

-- name: get_thread
SELECT * FROM threads WHERE id = :id;

-- name: threads_among
SELECT * FROM threads WHERE id IN (SELECT value FROM {listed});

-- name: threads
SELECT * FROM threads WHERE contact_id = :contact_id ORDER BY updated_at DESC, id DESC;

-- name: insert_thread
INSERT INTO threads (id, contact_id, own, created_at, updated_at, sticky_link)
VALUES (:id, :contact_id, :own, :created_at, :updated_at, :sticky_link);

-- name: save_thread
UPDATE threads
SET own = :own, updated_at = :updated_at, sticky_link = :sticky_link
WHERE id = :id;

-- name: drop_thread
DELETE FROM threads WHERE id = :id
AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.thread_id = threads.id)
AND NOT EXISTS (SELECT 1 FROM conversations WHERE conversations.thread_id = threads.id)
AND NOT EXISTS (SELECT 1 FROM notes WHERE notes.thread_id = threads.id)
AND NOT EXISTS (SELECT 1 FROM steps WHERE steps.thread_id = threads.id)
AND NOT EXISTS (SELECT 1 FROM replies WHERE replies.thread_id = threads.id)
AND NOT EXISTS (SELECT 1 FROM thread_aliases WHERE thread_aliases.main_id = threads.id);

-- name: opted_out
SELECT * FROM contacts WHERE opted_out_at IS NOT NULL AND id < :before
ORDER BY id DESC LIMIT :limit;
