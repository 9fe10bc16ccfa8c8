-- oldest-code: 1

CREATE TABLE contacts (
    id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    opted_out_at BIGINT,
    opt_out_source TEXT
) {clustered};

CREATE INDEX contacts_opted_out ON contacts (id) WHERE opted_out_at IS NOT NULL;

CREATE TABLE threads (
    id TEXT NOT NULL PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    own TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sticky_link TEXT,
    UNIQUE (contact_id, own)
) {clustered};

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    contact_id TEXT NOT NULL, -- the thread's: no reference, no index for one
    thread_id TEXT NOT NULL REFERENCES threads (id),
    peer TEXT NOT NULL,
    own TEXT NOT NULL,
    text TEXT,
    octets {octets},
    alphabet TEXT NOT NULL,
    segments INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    link TEXT,
    error_code TEXT,
    error_reason TEXT,
    error_carrier TEXT,
    lane TEXT,
    preferred_link TEXT NOT NULL,
    reference TEXT,
    message_class TEXT NOT NULL,
    on_unknown TEXT NOT NULL,
    flash INTEGER NOT NULL,
    protocol_id INTEGER NOT NULL,
    carrier TEXT,
    status_report INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    queue TEXT,
    due_at BIGINT,
    expires_at BIGINT,
    validity_s BIGINT,
    tries INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    ready INTEGER NOT NULL,
    possible_duplicate INTEGER NOT NULL,
    report_url TEXT,
    token_id TEXT,
    account_id TEXT,
    service_time BIGINT,
    missing TEXT,
    destination_port INTEGER
) {clustered};

-- For the fan-out, which asks of every event whether its message wants reports.
CREATE INDEX messages_reporting ON messages (id, report_url, token_id)
    WHERE report_url IS NOT NULL;

-- What a lane's next message is. What stands behind `id` rides along, so that passing
-- over a message whose peer is being served, and counting, read no rows.
CREATE INDEX messages_claim
    ON messages (lane, preferred_link, deferred, priority DESC, id, peer, state, ready)
    WHERE state = 'queued' AND ready = 1;

CREATE INDEX messages_sending ON messages (peer) WHERE state = 'sending';

CREATE INDEX messages_due ON messages (due_at, state, lane, ready)
    WHERE state = 'scheduled' OR (state = 'queued' AND ready = 0);

CREATE INDEX messages_expiry ON messages (expires_at)
    WHERE state IN ('scheduled', 'queued');

CREATE INDEX messages_waiting ON messages (state, id)
    WHERE state IN ('scheduled', 'queued');

CREATE INDEX messages_troubled ON messages (state, id)
    WHERE state IN
    ('undelivered', 'failed', 'expired', 'unknown', 'cancelled', 'partial');

-- What stands behind `id` rides along, so that counting what is unread reads no rows.
CREATE INDEX messages_thread ON messages (thread_id, id, direction, created_at);

CREATE INDEX messages_reference ON messages (reference, id)
    WHERE reference IS NOT NULL;

CREATE TABLE segments (
    id TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    total INTEGER NOT NULL,
    state TEXT NOT NULL,
    alphabet TEXT NOT NULL,
    header {octets} NOT NULL,
    units {octets} NOT NULL,
    link TEXT,
    line TEXT,
    reference TEXT,
    sent_at BIGINT,
    reported_at BIGINT,
    report_status TEXT,
    error_code TEXT,
    error_reason TEXT,
    error_carrier TEXT,
    raw {octets},
    PRIMARY KEY (message_id, number)
) {clustered};

CREATE INDEX segments_reference ON segments (line, reference, sent_at)
    WHERE reference IS NOT NULL;

CREATE INDEX segments_raw ON segments (message_id, number) WHERE raw IS NOT NULL;

CREATE TABLE attempts (
    id TEXT NOT NULL UNIQUE,
    segment_id TEXT NOT NULL,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    link TEXT NOT NULL,
    line TEXT,
    state TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    reference TEXT,
    error_code TEXT,
    error_reason TEXT,
    error_carrier TEXT,
    possible_duplicate INTEGER NOT NULL,
    tail TEXT NOT NULL,
    PRIMARY KEY (message_id, id)
) {clustered};

CREATE INDEX attempts_unreferenced ON attempts (line, tail, id)
    WHERE reference IS NULL AND state IN ('submitting', 'unknown');

CREATE TABLE fingerprints (
    fingerprint {octets} NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
) {clustered};

CREATE INDEX fingerprints_at ON fingerprints (at);

-- One MO message that is, or was, waiting for segments.
CREATE TABLE segment_groups (
    message_id TEXT NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    line TEXT NOT NULL,
    originator TEXT NOT NULL,
    reference INTEGER NOT NULL,
    wide INTEGER NOT NULL,
    total INTEGER NOT NULL,
    first_at BIGINT NOT NULL,
    deadline_at BIGINT NOT NULL,
    surfaced INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    service_time BIGINT
) {clustered};

CREATE INDEX segment_groups_key
    ON segment_groups (line, originator, reference, total, wide, first_at);

CREATE INDEX segment_groups_deadline ON segment_groups (deadline_at)
    WHERE complete = 0 AND surfaced = 0;

CREATE TABLE parked_reports (
    id {growing_key},
    link TEXT NOT NULL,
    line TEXT NOT NULL,
    reference TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recipient_ton INTEGER NOT NULL,
    recipient_npi INTEGER NOT NULL,
    tail TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    service_time BIGINT,
    discharge_time BIGINT,
    raw {octets} NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE INDEX parked_reports_reference ON parked_reports (line, reference);
CREATE INDEX parked_reports_tail ON parked_reports (line, tail);

CREATE TABLE quarantine (
    id {growing_key},
    link TEXT NOT NULL,
    line TEXT NOT NULL,
    raw {octets} NOT NULL,
    reason TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE events (
    seq {growing_key},
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL,
    message_id TEXT,
    thread_id TEXT,
    link TEXT
);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    digest {octets} NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    sources TEXT NOT NULL,
    report_secret {octets} NOT NULL
) {clustered};

CREATE TABLE answers (
    token_id TEXT NOT NULL,
    key TEXT NOT NULL,
    body_digest {octets} NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (token_id, key)
) {clustered};

CREATE INDEX answers_at ON answers (at);

CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    batch INTEGER NOT NULL,
    secrets TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    description TEXT NOT NULL,
    disabled_reason TEXT
) {clustered};

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT REFERENCES webhooks (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    token_id TEXT,
    message_id TEXT,
    event_seq BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    last_status INTEGER,
    last_error TEXT
) {clustered};

CREATE INDEX deliveries_pending ON deliveries (url, due_at, id)
    WHERE state = 'pending';

CREATE INDEX deliveries_finished ON deliveries (finished_at)
    WHERE state <> 'pending';

CREATE INDEX deliveries_webhook ON deliveries (webhook_id, id);

CREATE TABLE facts (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) {clustered};

-- Applications that bind to us. `rules` is what they may do, as JSON.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    system_id TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    rules TEXT NOT NULL
) {clustered};

-- Whom a message to one of our numbers is for; `*` stands for every number.
CREATE TABLE account_numbers (
    number TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (number, account_id)
) {clustered};

-- What an application calls a message of ours. Mostly that is our own name without its
-- first four letters, which needs no second index.
CREATE TABLE submissions (
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    reports TEXT NOT NULL,
    intermediate INTEGER NOT NULL,
    spoken TEXT NOT NULL,
    repeat_key TEXT,
    PRIMARY KEY (message_id, id)
) {clustered};

CREATE INDEX submissions_name ON submissions (id)
    WHERE id <> substr(message_id, 5);

CREATE INDEX submissions_repeat ON submissions (account_id, repeat_key)
    WHERE repeat_key IS NOT NULL;

-- Parts of messages that come in several submissions.
CREATE TABLE submission_parts (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    key TEXT NOT NULL,
    group_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    digest {octets} NOT NULL,
    submission TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    joined INTEGER NOT NULL
) {clustered};

CREATE INDEX submission_parts_key ON submission_parts (account_id, key, id);
CREATE INDEX submission_parts_until ON submission_parts (until);

-- Receipts and messages owed to applications until they acknowledge them.
CREATE TABLE notices (
    id {growing_key},
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    submission_id TEXT,
    state TEXT,
    is_intermediate INTEGER,
    carrier_code TEXT,
    delivered INTEGER,
    done_at BIGINT,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    put_off INTEGER NOT NULL,
    tries INTEGER NOT NULL
);

CREATE INDEX notices_account ON notices (account_id, id, due_at);

CREATE INDEX notices_put_off ON notices (account_id, due_at) WHERE put_off = 1;

CREATE INDEX notices_doubtful ON notices (message_id) WHERE state = 'unknown';
