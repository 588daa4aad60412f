-- Whoever reports for one of several leads of an initiative may report on it: the text is split
-- as the program splits it. A right for the whole text, as it could be granted before, stays.

DROP POLICY reporting ON tracker.entries;
CREATE POLICY reporting ON tracker.entries FOR INSERT WITH CHECK (
    list = 'updates' AND EXISTS (
        SELECT 1
        FROM tracker.indicators x
        JOIN tracker.initiatives i ON i.ledger = x.ledger AND i.id = x.owner
        JOIN tracker.rights r ON r.ledger = x.ledger AND (
            r.lead = i.lead
            OR r.lead IN (
                SELECT btrim(own.lead, E' \t\u00a0\u3000')
                FROM regexp_split_to_table(i.lead, '[、，,；;\r\n]') AS own (lead)
            )
        )
        WHERE x.ledger = entries.ledger AND x.id = entries.record
            AND r.login = current_user AND r.role = 'reporter'
    )
);
