-- name: get
SELECT * FROM cards WHERE contact_id = :contact_id;

-- name: of
SELECT * FROM cards WHERE contact_id IN (SELECT value FROM {listed});

-- name: save
INSERT INTO cards (contact_id, name, language, crm_id, attributes, tags, blocked_at,
    blocked_by, merged_into, updated_at)
VALUES (:contact_id, :name, :language, :crm_id, :attributes, :tags, :blocked_at,
    :blocked_by, :merged_into, :updated_at)
ON CONFLICT (contact_id) DO UPDATE SET name = :name, language = :language,
    crm_id = :crm_id, attributes = :attributes, tags = :tags,
    blocked_at = :blocked_at, blocked_by = :blocked_by, merged_into = :merged_into,
    updated_at = :updated_at;

-- name: merged
SELECT * FROM cards WHERE merged_into IN (SELECT value FROM {listed});

-- name: contacts
SELECT * FROM contacts WHERE id IN (SELECT value FROM {listed});

-- name: heard
SELECT contact_id, MAX(last_in_at) AS last_in_at FROM conversations
WHERE contact_id IN (SELECT value FROM {listed}) AND last_in_at IS NOT NULL
GROUP BY contact_id;

-- name: listing
SELECT contacts.* FROM contacts
LEFT JOIN cards ON cards.contact_id = contacts.id
WHERE contacts.id < :before AND cards.merged_into IS NULL
ORDER BY contacts.id DESC LIMIT :limit;

-- name: tagged
SELECT contacts.* FROM cards CROSS JOIN contacts ON contacts.id = cards.contact_id
WHERE cards.contact_id < :before AND cards.merged_into IS NULL
    AND instr(cards.tags, :tag) > 0
ORDER BY cards.contact_id DESC LIMIT :limit;

-- name: conversations
SELECT COUNT(*) AS total FROM conversations WHERE contact_id IN (SELECT value FROM {listed});

-- name: carry_notes
UPDATE notes SET thread_id = :to_id
WHERE thread_id = :from_id AND conversation_id = :conversation_id;

-- name: carry_steps
UPDATE steps SET thread_id = :to_id
WHERE thread_id = :from_id AND conversation_id = :conversation_id;

-- name: carry_replies
UPDATE replies SET thread_id = :to_id
WHERE thread_id = :from_id AND conversation_id = :conversation_id;
