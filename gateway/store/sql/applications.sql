-- name: insert_account
INSERT INTO accounts (id, system_id, password_hash, created_at, disabled_at, rules)
VALUES (:id, :system_id, :password_hash, :created_at, :disabled_at, :rules);

-- name: save_account
UPDATE accounts SET
    password_hash = :password_hash, disabled_at = :disabled_at, rules = :rules
WHERE id = :id;

-- name: account
SELECT * FROM accounts WHERE id = :id;

-- name: account_by_system_id
SELECT * FROM accounts WHERE system_id = :system_id;

-- name: accounts
SELECT * FROM accounts ORDER BY id;

-- name: drop_numbers
DELETE FROM account_numbers WHERE account_id = :account_id;

-- name: insert_number
INSERT INTO account_numbers (number, account_id) VALUES (:number, :account_id)
ON CONFLICT (number, account_id) DO NOTHING;

-- name: listeners
SELECT DISTINCT a.id FROM account_numbers AS n
JOIN accounts AS a ON a.id = n.account_id
WHERE n.number IN (:number, '*') AND a.disabled_at IS NULL
ORDER BY a.id;

-- name: carry
INSERT INTO submissions (
    message_id, id, account_id, reports, intermediate, spoken, repeat_key
) VALUES (
    :message_id, :id, :account_id, :reports, :intermediate, :spoken, :repeat_key
);

-- name: save_carried
UPDATE submissions SET reports = :reports, spoken = :spoken
WHERE message_id = :message_id AND id = :id;

-- name: carried
SELECT * FROM submissions
WHERE message_id = 'msg_' || :id AND id = :id AND account_id = :account_id
UNION ALL
SELECT * FROM submissions
WHERE id = :id AND id <> substr(message_id, 5) AND account_id = :account_id
ORDER BY message_id;

-- name: named
SELECT message_id FROM submissions
WHERE id = :id AND id <> substr(message_id, 5)
ORDER BY message_id LIMIT 1;

-- name: waiting_for
SELECT s.* FROM contacts AS c
JOIN threads AS t ON t.contact_id = c.id
JOIN messages AS m ON m.thread_id = t.id
JOIN submissions AS s ON s.message_id = m.id
WHERE c.address = :peer AND m.account_id = :account_id
    AND m.state IN ('scheduled', 'queued')
ORDER BY m.id DESC;

-- name: repeated
SELECT s.id FROM submissions AS s
JOIN messages AS m ON m.id = s.message_id
WHERE s.account_id = :account_id AND s.repeat_key = :repeat_key
    AND m.created_at >= :since
ORDER BY m.id DESC LIMIT 1;

-- name: hold
INSERT INTO submission_parts (
    id, account_id, key, group_id, number, digest, submission, submitted_at, until,
    joined
) VALUES (
    :id, :account_id, :key, :group_id, :number, :digest, :submission, :submitted_at,
    :until, 0
);

-- name: held
SELECT * FROM submission_parts WHERE id = :id;

-- name: parts
SELECT * FROM submission_parts
WHERE account_id = :account_id AND key = :key ORDER BY id;

-- name: mark_joined
UPDATE submission_parts SET joined = 1, until = :until
WHERE group_id = :group_id AND account_id = :account_id AND key = :key;

-- name: drop_part
DELETE FROM submission_parts WHERE id = :id;

-- name: overdue
SELECT * FROM submission_parts WHERE until <= :now ORDER BY until, id LIMIT :limit;

-- name: waiting_parts
SELECT * FROM submission_parts
WHERE account_id = :account_id AND joined = 0 ORDER BY id;

-- name: owe_receipts
INSERT INTO notices (
    account_id, kind, message_id, submission_id, state, is_intermediate, carrier_code,
    delivered, done_at, content, created_at, due_at, put_off, tries
)
SELECT
    account_id, 'receipt', message_id, id, :state, :is_intermediate, :carrier_code,
    :delivered, :done_at, spoken, :created_at, :due_at, :put_off, 0
FROM submissions WHERE message_id = :message_id
    AND CASE WHEN :is_intermediate THEN intermediate = 1
    ELSE reports IN ('either', :wish) END;

-- name: owe
INSERT INTO notices (
    account_id, kind, message_id, submission_id, state, is_intermediate, carrier_code,
    delivered, done_at, content, created_at, due_at, put_off, tries
) VALUES (
    :account_id, :kind, :message_id, :submission_id, :state, :is_intermediate,
    :carrier_code, :delivered, :done_at, :content, :created_at, :due_at, :put_off, 0
);

-- name: forgo_doubt
DELETE FROM notices
WHERE message_id = :message_id AND state = 'unknown' AND due_at > :now;

-- name: owed
SELECT * FROM notices
WHERE account_id = :account_id AND id > :after AND due_at <= :now
ORDER BY id LIMIT :limit;

-- name: settle
DELETE FROM notices WHERE id = :id;

-- name: put_off
UPDATE notices SET due_at = :due_at, put_off = 1, tries = tries + 1 WHERE id = :id;

-- name: next_put_off
SELECT due_at FROM notices
WHERE account_id = :account_id AND put_off = 1 AND due_at > :now
ORDER BY due_at LIMIT 1;

-- name: newest_notice
SELECT COALESCE(MAX(id), 0) AS id FROM notices;

-- name: owed_since
SELECT account_id, put_off FROM notices WHERE id > :id;

-- name: oldest
SELECT * FROM notices ORDER BY id LIMIT :limit;

-- name: waiting
SELECT account_id, COUNT(*) AS count FROM notices GROUP BY account_id;
