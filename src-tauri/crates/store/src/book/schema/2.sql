-- Cases found at Debitura after the journal was brought back from a copy: they were made of these invoices by submissions
-- the copy does not know. No journal entry stands for them, since the bytes that were sent are lost.
CREATE TABLE adopted_cases (
    creditor TEXT NOT NULL,
    environment TEXT NOT NULL,
    test_mode INTEGER NOT NULL,
    invoice TEXT NOT NULL,
    case_id TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (creditor, environment, test_mode, invoice)
) STRICT;
