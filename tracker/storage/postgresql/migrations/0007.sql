-- An indicator may have a lead of its own: whoever reports for it may report on it, and whoever
-- reports for the lead of its initiative alone may not any more.

DROP POLICY reporting ON tracker.entries;
CREATE POLICY reporting ON tracker.entries FOR INSERT WITH CHECK (
    list = 'updates' AND EXISTS (
        SELECT 1
        FROM tracker.indicators x
        JOIN tracker.initiatives i ON i.ledger = x.ledger AND i.id = x.owner
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(tracker.as_json(x.line) ->> 'lead', ''), i.lead)
        ) AS responsible (lead)
        JOIN tracker.rights r ON r.ledger = x.ledger AND (
            r.lead = responsible.lead
            OR r.lead IN (
                SELECT btrim(own.lead, E' \t\u00a0\u3000')
                FROM regexp_split_to_table(responsible.lead, '[、，,；;\r\n]') AS own (lead)
            )
        )
        WHERE x.ledger = entries.ledger AND x.id = entries.record
            AND r.login = current_user AND r.role = 'reporter'
    )
);
