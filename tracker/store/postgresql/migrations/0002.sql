-- What happened to one record, and what happened last, is found without reading the rest.

CREATE INDEX changes_of_record ON tracker.changes (ledger, record);
CREATE INDEX changes_of_fields ON tracker.changes (ledger, record) WHERE op <> 'create';
CREATE INDEX entries_in_order ON tracker.entries (ledger, turn);
CREATE INDEX initiatives_of_parent ON tracker.initiatives (ledger, parent);
