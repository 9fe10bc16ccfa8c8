-- oldest-code: 2

CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    role TEXT NOT NULL,
    locale TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret {octets},
    totp_pending {octets}, -- shown, not proven yet
    totp_step BIGINT NOT NULL, -- of the last code taken
    max_active INTEGER NOT NULL,
    presence TEXT NOT NULL,
    presence_at BIGINT,
    preferences TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
) {clustered};

CREATE TABLE logins (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    digest {octets} NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    revoked_at BIGINT
) {clustered};

CREATE INDEX logins_agent ON logins (agent_id, id);
CREATE INDEX logins_expiry ON logins (expires_at);

-- Append only; `digest` is SHA-256 over the one before and this entry.
CREATE TABLE audit (
    seq {growing_key},
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    digest {octets} NOT NULL
);

CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_actor ON audit (actor, seq);

-- How long each agent was what.
CREATE TABLE presence_spans (
    id {growing_key},
    agent_id TEXT NOT NULL REFERENCES agents (id),
    presence TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT
);

CREATE INDEX presence_spans_agent ON presence_spans (agent_id, from_at);

CREATE UNIQUE INDEX presence_spans_open ON presence_spans (agent_id)
    WHERE to_at IS NULL;

CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES threads (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    origin TEXT NOT NULL,
    virtual_start BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    assignee_id TEXT,
    queue TEXT,
    priority INTEGER NOT NULL,
    reason TEXT NOT NULL,
    first_in_at BIGINT,
    first_out_at BIGINT,
    last_in_at BIGINT,
    last_out_at BIGINT,
    unanswered_at BIGINT,
    last_entry TEXT,
    last_place TEXT NOT NULL, -- `place_of` the last entry, or of the conversation
    is_latest INTEGER NOT NULL, -- of its thread: what lists show
    hold_until BIGINT,
    snooze_until BIGINT,
    wake_at BIGINT, -- either of the two
    snooze_mode TEXT NOT NULL,
    tags TEXT NOT NULL,
    result TEXT,
    summary TEXT NOT NULL,
    resolved_at BIGINT,
    resolved_by TEXT,
    UNIQUE (thread_id, number)
) {clustered};

-- A thread has one conversation that goes on, at most.
CREATE UNIQUE INDEX conversations_open ON conversations (thread_id)
    WHERE state NOT IN ('resolved', 'spam');

-- What stands behind the order of a view rides along, so that passing over what a
-- filter leaves out reads no rows.
CREATE INDEX conversations_queue
    ON conversations (state, priority DESC, virtual_start, id, tags)
    WHERE state = 'queued';

CREATE INDEX conversations_owed
    ON conversations (assignee_id, unanswered_at, id, state, tags)
    WHERE state IN ('active', 'waiting') AND unanswered_at IS NOT NULL;

CREATE INDEX conversations_assignee
    ON conversations (assignee_id, last_place, state, unanswered_at, tags)
    WHERE state NOT IN ('resolved', 'spam');

CREATE INDEX conversations_state
    ON conversations (state, last_place, assignee_id, tags, is_latest)
    WHERE is_latest = 1;

CREATE INDEX conversations_recent
    ON conversations (last_place, assignee_id, tags, is_latest) WHERE is_latest = 1;

CREATE INDEX conversations_wake ON conversations (wake_at) WHERE wake_at IS NOT NULL;

CREATE INDEX conversations_resolved ON conversations (resolved_at)
    WHERE resolved_at IS NOT NULL;

CREATE INDEX conversations_age ON conversations (opened_at, id);
CREATE INDEX conversations_age_contact ON conversations (contact_id, opened_at, id);
CREATE INDEX conversations_age_assignee ON conversations (assignee_id, opened_at, id);
CREATE INDEX conversations_age_state ON conversations (state, opened_at, id);

CREATE TABLE steps (
    id TEXT NOT NULL PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES threads (id),
    conversation_id TEXT,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_id TEXT,
    subject_id TEXT,
    text TEXT NOT NULL
) {clustered};

CREATE INDEX steps_thread ON steps (thread_id, id);

CREATE TABLE notes (
    id TEXT NOT NULL PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES threads (id),
    conversation_id TEXT,
    agent_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    mentions TEXT NOT NULL, -- JSON list of agents who are told of it
    UNIQUE (agent_id, client_id)
) {clustered};

CREATE INDEX notes_thread ON notes (thread_id, id);

-- What agents said; who a message's author is.
CREATE TABLE replies (
    id TEXT NOT NULL PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES threads (id),
    conversation_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    message_id TEXT,
    canned_id TEXT,
    approver_id TEXT,
    approver_note TEXT NOT NULL,
    waited_since BIGINT, -- the first message it answers
    UNIQUE (agent_id, client_id)
) {clustered};

CREATE INDEX replies_message ON replies (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX replies_thread ON replies (thread_id, seq);
CREATE INDEX replies_pending ON replies (id) WHERE state = 'pending';

CREATE INDEX replies_lag ON replies (created_at, agent_id, waited_since)
    WHERE waited_since IS NOT NULL;

CREATE INDEX replies_sent ON replies (thread_id, message_id)
    WHERE message_id IS NOT NULL;
CREATE INDEX replies_unsent ON replies (thread_id, id) WHERE state <> 'queued';
CREATE INDEX replies_withdrawn ON replies (message_id) WHERE state = 'withdrawn';

CREATE TABLE drafts (
    agent_id TEXT NOT NULL,
    thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    is_note INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (agent_id, thread_id)
) {clustered};

CREATE INDEX drafts_thread ON drafts (thread_id);

CREATE TABLE read_marks (
    agent_id TEXT NOT NULL,
    thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    entry TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (agent_id, thread_id)
) {clustered};

CREATE INDEX read_marks_thread ON read_marks (thread_id);

-- What is known of a contact besides its number. Contacts merged into another keep
-- their row; their threads' content goes to the other's.
CREATE TABLE cards (
    contact_id TEXT NOT NULL PRIMARY KEY REFERENCES contacts (id),
    name TEXT NOT NULL,
    language TEXT,
    crm_id TEXT,
    attributes TEXT NOT NULL, -- JSON object of texts
    tags TEXT NOT NULL,
    blocked_at BIGINT,
    blocked_by TEXT,
    merged_into TEXT, -- the contact whose numbers now include this one
    updated_at BIGINT NOT NULL
) {clustered};

CREATE INDEX cards_crm ON cards (crm_id) WHERE crm_id IS NOT NULL;

CREATE INDEX cards_merged ON cards (merged_into) WHERE merged_into IS NOT NULL;

-- Threads of merged contacts: what is said in them is shown, and answered, in another.
CREATE TABLE thread_aliases (
    thread_id TEXT NOT NULL PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
    main_id TEXT NOT NULL REFERENCES threads (id)
) {clustered};

CREATE INDEX thread_aliases_main ON thread_aliases (main_id);

CREATE TABLE canned (
    id TEXT NOT NULL PRIMARY KEY,
    shortcut TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT,
    queue TEXT,
    owner_id TEXT NOT NULL, -- an agent's own; empty: everybody's
    version INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    last_used_at BIGINT,
    updated_at BIGINT NOT NULL,
    updated_by TEXT,
    archived_at BIGINT
) {clustered};

CREATE INDEX canned_offered ON canned (owner_id, shortcut, id)
    WHERE archived_at IS NULL;

CREATE TABLE canned_versions (
    canned_id TEXT NOT NULL REFERENCES canned (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_id TEXT,
    PRIMARY KEY (canned_id, version)
) {clustered};

-- Of erased contacts: only a keyed hash of the number, so that an opt-out lives on.
CREATE TABLE tombstones (
    digest TEXT NOT NULL PRIMARY KEY,
    erased_at BIGINT NOT NULL,
    opted_out_at BIGINT,
    opt_out_source TEXT,
    blocked_at BIGINT
) {clustered};
