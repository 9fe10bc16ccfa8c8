-- name: append
INSERT INTO events (type, at, data, message_id, thread_id, link)
VALUES (:type, :at, :data, :message_id, :thread_id, :link)
RETURNING seq;

-- name: append_all
INSERT INTO events (type, at, data, message_id, thread_id, link)
VALUES (:type, :at, :data, :message_id, :thread_id, :link);

-- name: after
SELECT * FROM events WHERE seq > :seq ORDER BY seq LIMIT :limit;

-- name: after_of_types
SELECT * FROM events WHERE seq > :seq AND type IN (SELECT value FROM {listed}) ORDER BY seq LIMIT :limit;

-- name: span
SELECT * FROM events
WHERE seq > :after AND seq <= :until AND type IN (SELECT value FROM {listed}) ORDER BY seq;

-- name: get
SELECT * FROM events WHERE seq = :seq;

-- name: last_seq
SELECT COALESCE(MAX(seq), 0) AS seq FROM events;

-- name: first_seq
SELECT COALESCE(MIN(seq), 0) AS seq FROM events;
