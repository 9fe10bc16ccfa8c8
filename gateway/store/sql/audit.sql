-- A filter that is NULL lets everything pass; sequence numbers grow with time.

-- name: append
INSERT INTO audit (
    at, actor, actor_name, source, action, subject, before, after, digest
) VALUES (
    :at, :actor, :actor_name, :source, :action, :subject, :before, :after, :digest
)
RETURNING seq;

-- name: last_digest
SELECT digest FROM audit ORDER BY seq DESC LIMIT 1;

-- name: listing
SELECT * FROM audit
WHERE seq < :before
    AND (:actor IS NULL OR actor = :actor)
    AND (:subject IS NULL OR subject = :subject)
    AND (:action IS NULL OR action LIKE :action ESCAPE '\')
    AND (
        :text IS NULL
        OR actor_name LIKE :text ESCAPE '\'
        OR subject LIKE :text ESCAPE '\'
        OR before LIKE :text ESCAPE '\'
        OR after LIKE :text ESCAPE '\'
    )
ORDER BY seq DESC LIMIT :limit;

-- name: after
SELECT * FROM audit WHERE seq > :after ORDER BY seq LIMIT :limit;
