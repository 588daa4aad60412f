-- What a text occurs in is found by its pairs of characters, which need no words and so no
-- spaces between them. A pair is no proof: whether the text itself occurs is compared after that.

CREATE FUNCTION tracker.list_pairs(content text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT coalesce(array_agg(pair), '{}') FROM (
            SELECT c || lead(c) OVER (ORDER BY place) AS pair
            FROM unnest(string_to_array(content, NULL)) WITH ORDINALITY AS u (c, place)
        ) p WHERE pair IS NOT NULL
    $$;
CREATE INDEX initiatives_by_pairs ON tracker.initiatives USING gin (tracker.list_pairs(folded));
CREATE INDEX indicators_by_pairs ON tracker.indicators USING gin (tracker.list_pairs(folded));

-- Return the ids of initiatives and indicators in which one of some texts occurs, not many more
-- than so many. With the rights of the reader the server would compare each row first and follow
-- no index: this function looks at the rights itself.
CREATE FUNCTION tracker.find_by_text(which_ledger text, texts text[], most integer)
    RETURNS SETOF text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    reader name := CASE current_setting('role')
        WHEN 'none' THEN session_user ELSE current_setting('role')
    END;
    part text;
BEGIN
    IF NOT pg_has_role(reader, current_user, 'USAGE') AND NOT EXISTS (
        SELECT FROM pg_roles WHERE rolname = reader AND rolbypassrls
    ) AND NOT EXISTS (
        SELECT FROM tracker.rights r WHERE r.ledger = which_ledger AND r.login = reader
    ) THEN
        RETURN;
    END IF;
    FOREACH part IN ARRAY texts LOOP
        RETURN QUERY SELECT i.id FROM tracker.initiatives i
            WHERE i.ledger = which_ledger AND tracker.list_pairs(i.folded) @> tracker.list_pairs(part)
                AND position(part IN i.folded) > 0 LIMIT most;
        RETURN QUERY SELECT x.id FROM tracker.indicators x
            WHERE x.ledger = which_ledger AND tracker.list_pairs(x.folded) @> tracker.list_pairs(part)
                AND position(part IN x.folded) > 0 LIMIT most;
    END LOOP;
END
$$;
