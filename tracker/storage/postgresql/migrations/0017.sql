-- A check of some initiatives reads the words of these, not those of all.
CREATE INDEX marks_of_owner ON tracker.marks (ledger, owner);
