-- A new record has an id as the program makes them: it stands in commands, files and pages.

CREATE POLICY form_of_id ON tracker.changes AS RESTRICTIVE FOR INSERT WITH CHECK (
    op <> 'create' OR kind = 'receipts' OR (
        octet_length(record) <= 80 AND record ~ CASE kind
            WHEN 'indicators' THEN '^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$'
            ELSE '^[a-z0-9]+(-[a-z0-9]+)*$'
        END
    )
);
