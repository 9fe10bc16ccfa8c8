-- name: get
SELECT * FROM drafts WHERE agent_id = :agent_id AND thread_id = :thread_id;

-- name: put
INSERT INTO drafts (agent_id, thread_id, text, is_note, revision, updated_at)
VALUES (:agent_id, :thread_id, :text, :is_note, :revision, :updated_at)
ON CONFLICT (agent_id, thread_id) DO UPDATE SET
    text = excluded.text, is_note = excluded.is_note,
    revision = excluded.revision, updated_at = excluded.updated_at
WHERE drafts.revision < excluded.revision;

-- name: threads_of
SELECT thread_id FROM drafts
WHERE agent_id = :agent_id AND thread_id IN (SELECT value FROM {listed}) AND text <> '';
