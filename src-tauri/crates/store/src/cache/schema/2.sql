-- Walks that ask by due date.
ALTER TABLE walks ADD COLUMN sorted_by TEXT NOT NULL DEFAULT 'created';
