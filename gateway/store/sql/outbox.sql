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

-- name: drop_segments
DELETE FROM segments WHERE message_id = :message_id;

-- name: save_segment
UPDATE segments SET
    state = :state, link = :link, line = :line, reference = :reference,
    sent_at = :sent_at, reported_at = :reported_at, report_status = :report_status,
    error_code = :error_code, error_reason = :error_reason,
    error_carrier = :error_carrier
WHERE message_id = :message_id AND number = :number AND id = :id;

-- name: move_message
UPDATE messages SET
    state = :state, updated_at = :updated_at, due_at = :due_at, ready = :ready,
    error_code = :error_code, error_reason = :error_reason,
    error_carrier = :error_carrier
WHERE id = :id AND state = :before;

-- name: begin_segment
UPDATE segments SET state = 'sending', link = :link, line = :line
WHERE message_id = :message_id AND number = :number;

-- name: accept_attempt
UPDATE attempts SET
    state = 'accepted', finished_at = :finished_at, reference = :reference
WHERE message_id = :message_id AND id = :id AND state = 'submitting';

-- name: insert_attempt
INSERT INTO attempts (
    id, segment_id, message_id, link, line, state, started_at, finished_at, reference,
    error_code, error_reason, error_carrier, possible_duplicate, tail
) VALUES (
    :id, :segment_id, :message_id, :link, :line, :state, :started_at, :finished_at,
    :reference, :error_code, :error_reason, :error_carrier, :possible_duplicate, :tail
);

-- name: save_attempt
UPDATE attempts SET
    line = :line, state = :state, finished_at = :finished_at, reference = :reference,
    error_code = :error_code, error_reason = :error_reason,
    error_carrier = :error_carrier, possible_duplicate = :possible_duplicate
WHERE message_id = :message_id AND id = :id;

-- name: message
SELECT * FROM messages WHERE id = :id;

-- name: messages
SELECT * FROM messages WHERE id IN (SELECT value FROM {listed});

-- name: referred_to
SELECT message_id, number FROM segments
WHERE line = :line AND reference IN (SELECT value FROM {listed});

-- name: segments
SELECT * FROM segments WHERE message_id = :message_id ORDER BY number;

-- name: segment
SELECT * FROM segments WHERE id = :id;

-- name: attempts
SELECT * FROM attempts WHERE message_id = :message_id ORDER BY started_at, id;

-- name: attempt
SELECT * FROM attempts WHERE id = :id;

-- name: claim_candidates
SELECT m.id, m.priority, m.peer FROM messages AS m
WHERE m.state = 'queued' AND m.ready = 1
    AND m.lane = :lane AND m.preferred_link = :preferred_link
    AND m.deferred = :deferred
    AND NOT EXISTS (
        SELECT 1 FROM messages AS busy
        WHERE busy.state = 'sending' AND busy.peer = m.peer
    )
ORDER BY m.priority DESC, m.id
LIMIT :limit {claim_lock};

-- name: served
SELECT peer FROM messages WHERE state = 'sending' AND peer IN (SELECT value FROM {listed});

-- name: waited_at
SELECT lane FROM messages
WHERE state = 'queued' AND ready = 1
    AND lane = :lane AND preferred_link = :preferred_link
LIMIT 1;

-- name: claim
UPDATE messages SET state = 'sending', link = :link, updated_at = :now
WHERE id IN (SELECT value FROM {listed}) AND state = 'queued' AND ready = 1;

-- name: opted_out
SELECT id FROM contacts
WHERE opted_out_at IS NOT NULL AND id IN (SELECT value FROM {listed});

-- name: segments_of
SELECT * FROM segments WHERE message_id IN (SELECT value FROM {listed}) ORDER BY message_id, number;

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
SELECT * FROM messages WHERE state = 'sending' ORDER BY id;

-- name: by_reference
SELECT * FROM segments
WHERE line = :line AND reference = :reference
ORDER BY sent_at DESC LIMIT :limit;

-- name: unreferenced
SELECT * FROM attempts
WHERE line = :line AND tail = :tail AND reference IS NULL
    AND state IN ('submitting', 'unknown')
ORDER BY id;

-- name: places_ready
SELECT DISTINCT lane, preferred_link FROM messages
WHERE state = 'queued' AND ready = 1;

-- name: places_waiting
SELECT DISTINCT lane, preferred_link FROM messages
WHERE state = 'scheduled' OR (state = 'queued' AND ready = 0);

-- name: waiting_at
SELECT * FROM messages
WHERE state IN ('scheduled', 'queued') AND id > :after
    AND lane = :lane AND preferred_link = :preferred_link
ORDER BY id LIMIT :limit;

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
