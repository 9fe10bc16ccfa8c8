-- name: insert
INSERT INTO conversations (
    id, thread_id, contact_id, number, state, origin, virtual_start, opened_at,
    updated_at, revision, assignee_id, queue, priority, reason, first_in_at,
    first_out_at, last_in_at, last_out_at, unanswered_at, last_entry, last_place,
    is_latest, hold_until, snooze_until, wake_at, snooze_mode, tags, result, summary,
    resolved_at, resolved_by
) VALUES (
    :id, :thread_id, :contact_id, :number, :state, :origin, :virtual_start, :opened_at,
    :updated_at, :revision, :assignee_id, :queue, :priority, :reason, :first_in_at,
    :first_out_at, :last_in_at, :last_out_at, :unanswered_at, :last_entry, :last_place,
    1, :hold_until, :snooze_until, :wake_at, :snooze_mode, :tags, :result, :summary,
    :resolved_at, :resolved_by
);

-- name: retire
UPDATE conversations SET is_latest = 0 WHERE thread_id = :thread_id AND is_latest = 1;

-- name: save
UPDATE conversations SET
    state = :state, virtual_start = :virtual_start, updated_at = :updated_at,
    revision = :revision, assignee_id = :assignee_id, queue = :queue,
    priority = :priority, reason = :reason, first_in_at = :first_in_at,
    first_out_at = :first_out_at, last_in_at = :last_in_at, last_out_at = :last_out_at,
    unanswered_at = :unanswered_at, last_entry = :last_entry, last_place = :last_place,
    hold_until = :hold_until, snooze_until = :snooze_until, wake_at = :wake_at,
    snooze_mode = :snooze_mode, tags = :tags, result = :result, summary = :summary,
    resolved_at = :resolved_at, resolved_by = :resolved_by
WHERE id = :id AND revision = :before;

-- name: get
SELECT * FROM conversations WHERE id = :id;

-- name: among
SELECT * FROM conversations WHERE id IN (SELECT value FROM {listed});

-- name: open_in
SELECT * FROM conversations
WHERE thread_id = :thread_id AND state NOT IN ('resolved', 'spam');

-- name: in_thread
SELECT * FROM conversations WHERE thread_id = :thread_id
ORDER BY number DESC LIMIT :limit;

-- name: numbered
SELECT * FROM conversations WHERE thread_id = :thread_id AND number = :number;

-- name: first_step
SELECT id FROM steps
WHERE thread_id = :thread_id AND conversation_id = :conversation_id
ORDER BY id LIMIT 1;

-- name: due
SELECT * FROM conversations WHERE wake_at <= :now ORDER BY wake_at LIMIT :limit;

-- name: next_due
SELECT wake_at FROM conversations WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1;

-- name: orphaned
SELECT c.* FROM agents AS a
JOIN conversations AS c ON c.assignee_id = a.id
WHERE a.disabled_at IS NOT NULL AND c.state NOT IN ('resolved', 'spam')
LIMIT :limit;

-- Views give identities and what the order goes by; the rows are read by `among`.

-- name: view_owed
SELECT id, unanswered_at AS place FROM conversations
WHERE assignee_id = :agent_id AND state IN ('active', 'waiting')
    AND unanswered_at IS NOT NULL AND (unanswered_at, id) > (:at, :id)
    AND (:tag IS NULL OR tags LIKE :tag ESCAPE '\')
ORDER BY unanswered_at, id LIMIT :limit;

-- name: view_answered
SELECT id, last_place AS place FROM conversations
WHERE assignee_id = :agent_id AND state NOT IN ('resolved', 'spam')
    AND state IN ('active', 'waiting') AND unanswered_at IS NULL
    AND last_place < :before
    AND (:tag IS NULL OR tags LIKE :tag ESCAPE '\')
ORDER BY last_place DESC LIMIT :limit;

-- name: view_queue
SELECT id, priority, virtual_start FROM conversations
WHERE state = 'queued' AND priority <= :priority
    AND (priority < :priority OR (virtual_start, id) > (:at, :id))
    AND (:tag IS NULL OR tags LIKE :tag ESCAPE '\')
ORDER BY priority DESC, virtual_start, id LIMIT :limit;

-- name: view_state
SELECT id, last_place AS place FROM conversations
WHERE is_latest = 1 AND state = :state AND last_place < :before
    AND (:agent_id IS NULL OR assignee_id = :agent_id)
    AND (:tag IS NULL OR tags LIKE :tag ESCAPE '\')
ORDER BY last_place DESC LIMIT :limit;

-- name: view_agent_state
SELECT id, last_place AS place FROM conversations
WHERE assignee_id = :agent_id AND state NOT IN ('resolved', 'spam') AND state = :state
    AND last_place < :before
    AND (:tag IS NULL OR tags LIKE :tag ESCAPE '\')
ORDER BY last_place DESC LIMIT :limit;

-- name: view_all
SELECT id, last_place AS place FROM conversations
WHERE is_latest = 1 AND last_place < :before
    AND (:agent_id IS NULL OR assignee_id = :agent_id)
    AND (:tag IS NULL OR tags LIKE :tag ESCAPE '\')
ORDER BY last_place DESC LIMIT :limit;

-- name: counts
SELECT
    (SELECT COUNT(*) FROM conversations WHERE assignee_id = :agent_id
        AND state NOT IN ('resolved', 'spam') AND state IN ('active', 'waiting')
    ) AS mine,
    (SELECT COUNT(*) FROM conversations WHERE state = 'queued') AS queue,
    (SELECT COUNT(*) FROM conversations WHERE state NOT IN ('resolved', 'spam'))
        AS going,
    (SELECT COUNT(*) FROM conversations
        WHERE is_latest = 1 AND state IN ('hold', 'snoozed')) AS hold,
    (SELECT COUNT(*) FROM conversations WHERE is_latest = 1 AND state = 'spam')
        AS spam;

-- Listings: newest first; each is driven by the index that fits best.

-- name: by_age
SELECT * FROM conversations
WHERE (opened_at, id) < (:at, :id) AND opened_at >= :since
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: by_state
SELECT * FROM conversations
WHERE state = :state AND (opened_at, id) < (:at, :id) AND opened_at >= :since
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: by_assignee
SELECT * FROM conversations
WHERE assignee_id = :assignee_id AND (opened_at, id) < (:at, :id)
    AND opened_at >= :since
    AND (:state IS NULL OR state = :state)
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: by_contact
SELECT * FROM conversations
WHERE contact_id = :contact_id AND (opened_at, id) < (:at, :id)
    AND opened_at >= :since
    AND (:state IS NULL OR state = :state)
    AND (:assignee_id IS NULL OR assignee_id = :assignee_id)
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: by_thread
SELECT * FROM conversations
WHERE thread_id = :thread_id AND (opened_at, id) < (:at, :id)
    AND opened_at >= :since
    AND (:contact_id IS NULL OR contact_id = :contact_id)
    AND (:state IS NULL OR state = :state)
    AND (:assignee_id IS NULL OR assignee_id = :assignee_id)
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: insert_step
INSERT INTO steps (
    id, thread_id, conversation_id, kind, at, actor_id, subject_id, text
) VALUES (
    :id, :thread_id, :conversation_id, :kind, :at, :actor_id, :subject_id, :text
);

-- name: steps
SELECT * FROM steps WHERE id IN (SELECT value FROM {listed});

-- name: move
UPDATE conversations SET thread_id = :thread_id, number = :number, is_latest = 0
WHERE id = :id;

-- name: crown
UPDATE conversations SET is_latest = 1 WHERE id = (
    SELECT id FROM conversations WHERE thread_id = :thread_id
    ORDER BY state IN ('resolved', 'spam'), number DESC LIMIT 1
);

-- name: main_of
SELECT main_id FROM thread_aliases WHERE thread_id = :thread_id;

-- name: aliases_of
SELECT thread_id FROM thread_aliases WHERE main_id = :main_id ORDER BY thread_id;

-- name: aliases_among
SELECT thread_id, main_id FROM thread_aliases WHERE main_id IN (SELECT value FROM {listed})
ORDER BY thread_id;

-- name: add_alias
INSERT INTO thread_aliases (thread_id, main_id) VALUES (:thread_id, :main_id);

-- name: drop_alias
DELETE FROM thread_aliases WHERE thread_id = :thread_id;
