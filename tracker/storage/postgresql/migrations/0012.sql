-- What a check compares with others is found without reading everything: who else rests on a
-- piece of evidence. Of a long piece the beginning is compared, for an index has no place for more.

CREATE FUNCTION tracker.list_evidence(line text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    pieces json;
BEGIN
    pieces := tracker.as_json(line) -> 'evidence';
    RETURN CASE WHEN json_typeof(pieces) = 'array'
        THEN ARRAY(SELECT left(piece, 200) FROM json_array_elements_text(pieces) AS piece)
    END;
EXCEPTION WHEN data_exception THEN
    -- A line that no program wrote may hold what is no text.
    RETURN NULL;
END
$$;
CREATE INDEX entries_by_evidence ON tracker.entries USING gin (tracker.list_evidence(line))
    WHERE position('"evidence":' IN line) > 0;

-- The line of a record with all of its entries stands in its row, put together once when they
-- change and not at each reading. A row from before has none until: tracker db upgrade has gone
-- over it, without keeping anybody from reading; until then a reader puts it together.

ALTER TABLE tracker.initiatives ADD COLUMN whole text, ADD COLUMN cites text[] COLLATE "C";
ALTER TABLE tracker.indicators ADD COLUMN whole text, ADD COLUMN cites text[] COLLATE "C";
CREATE INDEX initiatives_by_source ON tracker.initiatives (ledger, cites);
CREATE INDEX indicators_by_source ON tracker.indicators (ledger, cites);
-- A row that has room beside it is changed without touching its indexes, where a writer would
-- meet those who have looked at its neighbours.
ALTER TABLE tracker.indicators SET (fillfactor = 80);
ALTER TABLE tracker.initiatives SET (fillfactor = 80);

-- Return the line of a record with its lists; entries from before it was made are another's.
CREATE FUNCTION tracker.put_together(
    line text, which_ledger text, which_record text, made_turn uuid, made_number integer
) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT left(line, -1) || coalesce(
            string_agg(',"' || l.list || '":[' || l.lines || ']', '' ORDER BY l.list), ''
        ) || '}'
        FROM (
            SELECT e.list, string_agg(e.line, ',' ORDER BY e.turn, e.number, e.position) AS lines
            FROM tracker.entries e
            WHERE e.ledger = which_ledger AND e.record = which_record
                AND (e.turn, e.number) >= (made_turn, made_number)
            GROUP BY e.list
        ) l
    $$;

-- Return the documents that the line of a record cites, each once.
CREATE FUNCTION tracker.list_citations(line text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    content json;
BEGIN
    content := tracker.as_json(line);
    RETURN ARRAY(
        SELECT DISTINCT cited FROM (
            SELECT content #>> '{source,document}'
            UNION ALL SELECT source ->> 'document' FROM json_array_elements(
                CASE json_typeof(content -> 'sources')
                    WHEN 'array' THEN content -> 'sources' ELSE '[]'
                END
            ) AS source
        ) AS s (cited) WHERE cited IS NOT NULL ORDER BY cited
    );
EXCEPTION WHEN data_exception THEN
    -- A line that no program wrote cites nothing.
    RETURN '{}';
END
$$;

-- Whoever writes a line does not choose what stands in the whole one.
CREATE FUNCTION tracker.keep_whole() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    NEW.whole := tracker.put_together(NEW.line, NEW.ledger, NEW.id, NEW.turn, NEW.number);
    IF TG_OP = 'INSERT' OR OLD.line <> NEW.line OR OLD.cites IS NULL OR OLD.cites <> NEW.cites THEN
        NEW.cites := tracker.list_citations(NEW.line);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_whole
    BEFORE INSERT OR UPDATE OF ledger, id, turn, number, line, whole, cites ON tracker.initiatives
    FOR EACH ROW EXECUTE FUNCTION tracker.keep_whole();
CREATE TRIGGER keep_whole
    BEFORE INSERT OR UPDATE OF ledger, id, turn, number, line, whole, cites ON tracker.indicators
    FOR EACH ROW EXECUTE FUNCTION tracker.keep_whole();

-- Whoever may only add entries alters the rows of their records by this function of the owner.
-- The rows are looked up one by one: a plan for the first of many would be kept for all.
CREATE FUNCTION tracker.renew_wholes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    key record;
BEGIN
    FOR key IN SELECT DISTINCT a.ledger, a.record FROM altered a ORDER BY 1, 2 LOOP
        IF position('.' IN key.record) > 0 THEN
            UPDATE tracker.indicators SET whole = NULL
            WHERE ledger = key.ledger AND id = key.record;
        ELSE
            UPDATE tracker.initiatives SET whole = NULL
            WHERE ledger = key.ledger AND id = key.record;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER renew_after_insert AFTER INSERT ON tracker.entries
    REFERENCING NEW TABLE AS altered EXECUTE FUNCTION tracker.renew_wholes();
CREATE TRIGGER renew_after_delete AFTER DELETE ON tracker.entries
    REFERENCING OLD TABLE AS altered EXECUTE FUNCTION tracker.renew_wholes();
CREATE TRIGGER renew_before_update AFTER UPDATE ON tracker.entries
    REFERENCING OLD TABLE AS altered EXECUTE FUNCTION tracker.renew_wholes();
CREATE TRIGGER renew_after_update AFTER UPDATE ON tracker.entries
    REFERENCING NEW TABLE AS altered EXECUTE FUNCTION tracker.renew_wholes();

REVOKE EXECUTE ON FUNCTION tracker.keep_whole(), tracker.renew_wholes() FROM PUBLIC;
