-- name: insert
INSERT INTO canned (id, shortcut, title, text, language, queue, owner_id, version,
    uses, last_used_at, updated_at, updated_by, archived_at)
VALUES (:id, :shortcut, :title, :text, :language, :queue, :owner_id, :version,
    :uses, :last_used_at, :updated_at, :updated_by, :archived_at);

-- name: save
UPDATE canned SET shortcut = :shortcut, title = :title, text = :text,
    language = :language, queue = :queue, version = :version,
    updated_at = :updated_at, updated_by = :updated_by, archived_at = :archived_at
WHERE id = :id;

-- name: get
SELECT * FROM canned WHERE id = :id;

-- name: listing
SELECT * FROM canned
WHERE archived_at IS NULL AND owner_id IN (SELECT value FROM {listed})
ORDER BY owner_id, shortcut, id;

-- name: count_use
UPDATE canned SET uses = uses + 1, last_used_at = :at WHERE id = :id;

-- name: keep_version
INSERT INTO canned_versions (canned_id, version, title, text, at, by_id)
VALUES (:canned_id, :version, :title, :text, :at, :by_id)
ON CONFLICT (canned_id, version) DO NOTHING;

-- name: versions
SELECT * FROM canned_versions WHERE canned_id = :canned_id ORDER BY version DESC;
