-- name: remember_fingerprint
INSERT INTO fingerprints (fingerprint, at) VALUES (:fingerprint, :at)
ON CONFLICT (fingerprint) DO NOTHING;

-- name: insert_group
INSERT INTO segment_groups (
    message_id, line, originator, reference, wide, total, first_at, deadline_at,
    surfaced, complete, service_time
) VALUES (
    :message_id, :line, :originator, :reference, :wide, :total, :first_at, :deadline_at,
    :surfaced, :complete, :service_time
);

-- name: save_group
UPDATE segment_groups SET
    deadline_at = :deadline_at, surfaced = :surfaced, complete = :complete,
    service_time = :service_time
WHERE message_id = :message_id;

-- name: groups
SELECT * FROM segment_groups
WHERE line = :line AND originator = :originator AND reference = :reference
    AND total = :total AND wide = :wide
ORDER BY first_at DESC, message_id DESC;

-- name: overdue_groups
SELECT * FROM segment_groups
WHERE complete = 0 AND surfaced = 0 AND deadline_at <= :now
ORDER BY deadline_at LIMIT :limit;

-- name: next_deadline
SELECT deadline_at FROM segment_groups
WHERE complete = 0 AND surfaced = 0
ORDER BY deadline_at LIMIT 1;

-- name: has_parked
SELECT 1 AS found FROM parked_reports WHERE line = :line LIMIT 1;

-- name: park_report
INSERT INTO parked_reports (
    link, line, reference, recipient, recipient_ton, recipient_npi, tail, kind,
    status, service_time, discharge_time, raw, received_at
) VALUES (
    :link, :line, :reference, :recipient, :recipient_ton, :recipient_npi, :tail, :kind,
    :status, :service_time, :discharge_time, :raw, :received_at
);

-- name: parked_reports
SELECT * FROM parked_reports
WHERE (line = :line AND reference = :reference) OR (line = :line AND tail = :tail)
ORDER BY id DESC LIMIT :limit;

-- name: drop_parked
DELETE FROM parked_reports WHERE id = :id;

-- name: quarantine
INSERT INTO quarantine (link, line, raw, reason, received_at)
VALUES (:link, :line, :raw, :reason, :received_at)
RETURNING id;

-- name: quarantined
SELECT * FROM quarantine WHERE :before IS NULL OR id < :before
ORDER BY id DESC LIMIT :limit;

-- name: newest_raw
SELECT line, raw FROM segments
WHERE raw IS NOT NULL
ORDER BY message_id DESC, number DESC LIMIT :limit;
