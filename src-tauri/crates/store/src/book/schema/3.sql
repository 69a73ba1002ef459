-- Files being imported, and those that were. The copy of a file lies in the folder `imports` until its rows are given up.
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- The source that its rows are listed under, once they were read.
    connection TEXT REFERENCES connections (id) ON DELETE SET NULL,
    file_name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'read', 'undone')),
    -- How the file is read at present, and how its rows were read.
    step INTEGER NOT NULL,
    read_step INTEGER,
    mapping TEXT,
    counts TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
) STRICT;
CREATE INDEX imports_by_workspace ON imports (workspace, created);
CREATE INDEX imports_by_connection ON imports (connection);

-- Every way a file was to be read, so that each choice can be taken back.
CREATE TABLE import_steps (
    step INTEGER PRIMARY KEY AUTOINCREMENT,
    import TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    at TEXT NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX import_steps_by_import ON import_steps (import, step);

-- What columns meant: by name where the user gave one, and the last choice for a set of headers.
CREATE TABLE mappings (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT,
    fingerprint TEXT NOT NULL,
    -- The import whose choice an unnamed one is.
    import TEXT,
    document TEXT NOT NULL,
    used_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX mappings_by_name ON mappings (workspace, name) WHERE name IS NOT NULL;
CREATE UNIQUE INDEX mappings_last ON mappings (workspace, fingerprint) WHERE name IS NULL;
