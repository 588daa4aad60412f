-- What happened to one record, and what happened last, is found without reading the rest.

CREATE INDEX changes_of_record ON tracker.changes (ledger, record);
CREATE INDEX changes_of_fields ON tracker.changes (ledger, record) WHERE op <> 'create';
CREATE INDEX entries_in_order ON tracker.entries (ledger, turn);
CREATE INDEX initiatives_of_parent ON tracker.initiatives (ledger, parent);

-- Whoever keeps a ledger signs with the login that was used, and sees no rights but one's own.
DROP POLICY keeping ON tracker.commits;
CREATE POLICY keeping ON tracker.commits USING (ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'keeper'
)) WITH CHECK (login = current_user AND ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'keeper'
));

ALTER TABLE tracker.rights ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON tracker.rights FOR SELECT USING (login = current_user);
