-- Released schemas are never edited; a change is the next number.

-- Long identifiers stand once; rows and indexes name them by small numbers.
CREATE TABLE workspaces (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    projection_stamp TEXT,
    cases_as_of TEXT
) STRICT;

CREATE TABLE connections (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    workspace INTEGER NOT NULL REFERENCES workspaces (key),
    provider TEXT,
    as_of TEXT
) STRICT;

-- What lists need of an invoice, as it was last judged. Narrow, because lists scan it.
CREATE TABLE invoices (
    key INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (key),
    connection INTEGER NOT NULL REFERENCES connections (key),
    id TEXT NOT NULL,
    debtor TEXT NOT NULL,
    state INTEGER NOT NULL,
    partly_paid INTEGER NOT NULL,
    reference TEXT,
    reference_key TEXT,
    reference_sort TEXT,
    debtor_name TEXT,
    debtor_sort TEXT,
    currency TEXT,
    minor INTEGER,
    worth INTEGER,
    case_date TEXT,
    due_date TEXT,
    country TEXT,
    codes TEXT NOT NULL,
    first_problem TEXT,
    suggestions INTEGER NOT NULL,
    created TEXT,
    first_seen TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    seen_walk INTEGER,
    search TEXT NOT NULL,
    fingerprint INTEGER NOT NULL,
    UNIQUE (workspace, id)
) STRICT;

-- One index per order of the list. Each also holds what the filters ask, so that scanning it touches no rows.
CREATE INDEX invoices_by_due ON invoices (workspace, due_date, state, partly_paid, currency, connection, worth);
CREATE INDEX invoices_by_worth ON invoices (workspace, worth, state, partly_paid, currency, connection, due_date);
CREATE INDEX invoices_by_debtor ON invoices
    (workspace, debtor_sort, state, partly_paid, currency, connection, worth, due_date);
CREATE INDEX invoices_by_reference ON invoices
    (workspace, reference_sort, state, partly_paid, currency, connection, worth, due_date);
CREATE INDEX invoices_by_case_date ON invoices
    (workspace, case_date, state, partly_paid, currency, connection, worth, due_date);
CREATE INDEX invoices_by_country ON invoices
    (workspace, country, state, partly_paid, currency, connection, worth, due_date);
CREATE INDEX invoices_by_currency ON invoices (workspace, currency, worth, state, partly_paid, connection, due_date);
-- Counts and sums: everything they filter by, in the order in which they group.
CREATE INDEX invoices_by_state ON invoices
    (workspace, state, currency, worth, partly_paid, connection, due_date, minor);
CREATE INDEX invoices_of_debtor ON invoices (workspace, debtor);
CREATE INDEX invoices_same_reference ON invoices (workspace, reference_key, state);
CREATE INDEX invoices_of_connection ON invoices (connection);

-- What the source said.
CREATE TABLE records (
    key INTEGER PRIMARY KEY REFERENCES invoices (key) ON DELETE CASCADE,
    invoice TEXT NOT NULL,
    raw TEXT NOT NULL
) STRICT;

-- Only which row holds which three characters; `invoices.search` has the text.
CREATE VIRTUAL TABLE trigrams USING fts5 (
    text, content = '', contentless_delete = 1, detail = 'none', tokenize = 'trigram case_sensitive 1'
);

CREATE TABLE walks (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    connection INTEGER NOT NULL REFERENCES connections (key) ON DELETE CASCADE,
    started TEXT NOT NULL,
    finished TEXT
) STRICT;
CREATE INDEX walks_of_connection ON walks (connection, key);

CREATE TABLE slices (
    key INTEGER PRIMARY KEY,
    walk INTEGER NOT NULL REFERENCES walks (key) ON DELETE CASCADE,
    created_from TEXT,
    created_to TEXT,
    cursor TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX slices_of_walk ON slices (walk, key);

CREATE TABLE cases (
    key INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (key),
    id TEXT NOT NULL,
    reference TEXT NOT NULL,
    creditor_reference TEXT,
    reference_key TEXT,
    debtor_name TEXT,
    currency TEXT,
    minor INTEGER,
    lifecycle TEXT NOT NULL,
    close_code TEXT,
    open INTEGER NOT NULL,
    is_test INTEGER NOT NULL,
    updated TEXT,
    fetched_at TEXT NOT NULL,
    json TEXT NOT NULL,
    search TEXT NOT NULL,
    UNIQUE (workspace, id)
) STRICT;
CREATE INDEX cases_by_update ON cases (workspace, updated);
CREATE INDEX cases_same_reference ON cases (workspace, reference_key);
