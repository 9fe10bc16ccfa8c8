-- name: insert_message
INSERT INTO messages (
    id, direction, state, contact_id, thread_id, peer, own, text, octets, alphabet,
    segments, created_at, updated_at, link, error_code, error_reason, error_carrier,
    lane, preferred_link, reference, message_class, on_unknown, flash, protocol_id,
    carrier, status_report, priority, queue, due_at, expires_at, validity_s, tries,
    deferred, ready, possible_duplicate, report_url, token_id, account_id,
    service_time, missing, destination_port
) VALUES (
    :id, :direction, :state, :contact_id, :thread_id, :peer, :own, :text, :octets,
    :alphabet, :segments, :created_at, :updated_at, :link, :error_code, :error_reason,
    :error_carrier, :lane, :preferred_link, :reference, :message_class, :on_unknown,
    :flash, :protocol_id, :carrier, :status_report, :priority, :queue, :due_at, :expires_at, :validity_s,
    :tries, :deferred, :ready, :possible_duplicate, :report_url, :token_id,
    :account_id, :service_time, :missing, :destination_port
);

-- name: save_message
UPDATE messages SET
    state = :state, thread_id = :thread_id, own = :own, text = :text, octets = :octets, alphabet = :alphabet,
    segments = :segments, updated_at = :updated_at, link = :link,
    error_code = :error_code, error_reason = :error_reason,
    error_carrier = :error_carrier, lane = :lane, preferred_link = :preferred_link,
    on_unknown = :on_unknown, priority = :priority, due_at = :due_at,
    expires_at = :expires_at, validity_s = :validity_s, tries = :tries,
    deferred = :deferred, ready = :ready, possible_duplicate = :possible_duplicate,
    service_time = :service_time, missing = :missing,
    destination_port = :destination_port
WHERE id = :id;

-- name: insert_segment
INSERT INTO segments (
    id, message_id, number, total, state, alphabet, header, units, link, line,
    reference, sent_at, reported_at, report_status, error_code, error_reason,
    error_carrier, raw
) VALUES (
    :id, :message_id, :number, :total, :state, :alphabet, :header, :units, :link, :line,
    :reference, :sent_at, :reported_at, :report_status, :error_code, :error_reason,
    :error_carrier, :raw
);

-- name: save_segment
UPDATE segments SET
    state = :state, link = :link, line = :line, reference = :reference,
    sent_at = :sent_at, reported_at = :reported_at, report_status = :report_status,
    error_code = :error_code, error_reason = :error_reason,
    error_carrier = :error_carrier
WHERE message_id = :message_id AND number = :number AND id = :id;

-- name: insert_attempt
INSERT INTO attempts (
    id, segment_id, message_id, link, line, state, started_at, finished_at, reference,
    error_code, error_reason, error_carrier, possible_duplicate
) VALUES (
    :id, :segment_id, :message_id, :link, :line, :state, :started_at, :finished_at,
    :reference, :error_code, :error_reason, :error_carrier, :possible_duplicate
);

-- name: save_attempt
UPDATE attempts SET
    line = :line, state = :state, finished_at = :finished_at, reference = :reference,
    error_code = :error_code, error_reason = :error_reason,
    error_carrier = :error_carrier, possible_duplicate = :possible_duplicate
WHERE message_id = :message_id AND id = :id;

-- name: message
SELECT * FROM messages WHERE id = :id;

-- name: segments
SELECT * FROM segments WHERE message_id = :message_id ORDER BY number;

-- name: segment
SELECT * FROM segments WHERE id = :id;

-- name: attempts
SELECT * FROM attempts WHERE message_id = :message_id ORDER BY started_at, id;

-- name: attempt
SELECT * FROM attempts WHERE id = :id;

-- name: claim_candidate
SELECT m.id, m.priority FROM messages AS m
WHERE m.state = 'queued' AND m.ready = 1
    AND m.lane = :lane AND m.preferred_link = :preferred_link
    AND m.deferred = :deferred
    AND NOT EXISTS (
        SELECT 1 FROM messages AS busy
        WHERE busy.state = 'sending' AND busy.peer = m.peer
    )
ORDER BY m.priority DESC, m.id
LIMIT 1 {claim_lock};

-- name: claim
UPDATE messages SET state = 'sending', link = :link
WHERE id = :id AND state = 'queued' AND ready = 1
RETURNING *;

-- name: wake_due
UPDATE messages SET state = 'queued', ready = 1, updated_at = :now
WHERE id IN (
    SELECT id FROM messages
    WHERE (state = 'scheduled' OR (state = 'queued' AND ready = 0)) AND due_at <= :now
    ORDER BY due_at LIMIT :limit
)
RETURNING *;

-- name: next_due
SELECT due_at FROM messages
WHERE (state = 'scheduled' OR (state = 'queued' AND ready = 0)) AND due_at IS NOT NULL
ORDER BY due_at LIMIT 1;

-- name: expired
SELECT * FROM messages
WHERE state IN ('scheduled', 'queued') AND expires_at <= :now
ORDER BY expires_at LIMIT :limit;

-- name: in_flight
SELECT * FROM messages
WHERE state = 'sending' AND state IN ('scheduled', 'queued', 'sending')
ORDER BY id;

-- name: by_reference
SELECT * FROM segments
WHERE line = :line AND reference = :reference
ORDER BY sent_at DESC LIMIT :limit;

-- name: unreferenced
SELECT attempts.* FROM attempts
JOIN messages ON messages.id = attempts.message_id
WHERE attempts.line = :line AND attempts.reference IS NULL
    AND attempts.state IN ('submitting', 'unknown')
    AND messages.peer LIKE '%' || :tail
ORDER BY attempts.id;

-- name: backlog_ready
SELECT lane, 'queued' AS state, COUNT(*) AS count, MIN(id) AS oldest FROM messages
WHERE state = 'queued' AND ready = 1
GROUP BY lane;

-- name: backlog_waiting
SELECT lane, state, COUNT(*) AS count, MIN(id) AS oldest FROM messages
WHERE state = 'scheduled' OR (state = 'queued' AND ready = 0)
GROUP BY lane, state;

-- name: backlog_sending
SELECT lane, 'sending' AS state, COUNT(*) AS count, MIN(id) AS oldest FROM messages
WHERE state = 'sending'
GROUP BY lane;

-- name: created_at
SELECT created_at FROM messages WHERE id = :id;
