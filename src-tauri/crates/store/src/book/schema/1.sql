-- Released schemas are never edited; a change is the next number.

-- Counts writing transactions, so that a backup can tell whether it is up to date.
CREATE TABLE revision (value INTEGER NOT NULL) STRICT;
INSERT INTO revision (value) VALUES (1);

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    creditor TEXT NOT NULL,
    environment TEXT NOT NULL,
    debitura_url TEXT,
    test_mode INTEGER NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    tenant TEXT NOT NULL,
    label TEXT NOT NULL,
    key_hint TEXT,
    account_name TEXT,
    country TEXT,
    status TEXT NOT NULL,
    created TEXT NOT NULL,
    last_sync TEXT,
    range_from TEXT,
    range_to TEXT
) STRICT;
CREATE INDEX connections_by_workspace ON connections (workspace, created);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows of imported files: nobody else has them.
CREATE TABLE drafts (
    connection TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    invoice TEXT NOT NULL,
    facts TEXT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (connection, invoice)
) STRICT;

CREATE TABLE corrections (
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('debtor', 'invoice')),
    scope TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    replaced TEXT,
    at TEXT NOT NULL,
    PRIMARY KEY (workspace, kind, scope, field)
) STRICT;

CREATE TABLE set_aside (
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    invoice TEXT NOT NULL,
    until TEXT,
    because TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (workspace, invoice)
) STRICT;

CREATE TABLE undo (
    step INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    at TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    changes TEXT NOT NULL
) STRICT;
CREATE INDEX undo_by_workspace ON undo (workspace, step);

-- Keyed by the creditor at Debitura, not by the workspace: it outlives both disconnecting and workspaces.
CREATE TABLE journal (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    batch TEXT NOT NULL,
    workspace TEXT NOT NULL,
    creditor TEXT NOT NULL,
    environment TEXT NOT NULL,
    test_mode INTEGER NOT NULL,
    invoice TEXT NOT NULL,
    creditor_reference TEXT NOT NULL,
    debtor_name TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL,
    stage TEXT NOT NULL,
    stage_name TEXT NOT NULL,
    live INTEGER NOT NULL,
    case_id TEXT,
    case_reference TEXT,
    problem TEXT,
    note TEXT,
    confirmed_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    answers TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE UNIQUE INDEX journal_one_live ON journal (creditor, environment, test_mode, invoice) WHERE live;
CREATE INDEX journal_by_batch ON journal (batch, key);
CREATE INDEX journal_by_workspace ON journal (workspace, key);
CREATE INDEX journal_pending ON journal (key) WHERE stage_name IN ('confirmed', 'sending', 'unknown');

CREATE TRIGGER journal_is_never_erased BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal never loses a row'); END;
CREATE TRIGGER journal_keeps_what_was_confirmed BEFORE UPDATE OF
    key, id, batch, workspace, creditor, environment, test_mode, invoice, creditor_reference, debtor_name, amount,
    currency, idempotency_key, body, confirmed_at
ON journal
BEGIN SELECT raise(ABORT, 'what was confirmed never changes'); END;

CREATE TABLE attachments (
    entry TEXT NOT NULL REFERENCES journal (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    file_id TEXT,
    problem TEXT,
    tries INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (entry, kind)
) STRICT;
CREATE INDEX attachments_waiting ON attachments (updated_at) WHERE state IN ('waiting', 'failed');

CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    workspace TEXT,
    kind TEXT NOT NULL,
    subject TEXT,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX activity_by_workspace ON activity (workspace, id);
