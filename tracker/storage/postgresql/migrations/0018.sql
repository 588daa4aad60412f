-- The worst gap that an indicator will ever have of what is foreseen. On a span of days the gap
-- moves one way only, so that on none of its days it is worse than this: whoever asks for the worst
-- ones follows this index, and stops where all that is left is better. Without any gap it is
-- infinite. A row from before says nothing until: tracker db upgrade.
ALTER TABLE tracker.outlooks ADD COLUMN least_gap double precision;
CREATE INDEX outlooks_by_gap ON tracker.outlooks (ledger, least_gap, id);
CREATE OR REPLACE FUNCTION tracker.keep_own() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    content json;
BEGIN
    SELECT tracker.as_json(x.line) INTO content FROM tracker.indicators x
    WHERE x.ledger = NEW.ledger AND x.id = NEW.id AND position('\u0000' IN x.line) = 0;
    NEW.own := CASE WHEN FOUND THEN json_strip_nulls(json_build_object(
        'lead', content -> 'lead', 'support', content -> 'support', 'person', content -> 'person',
        'source', content -> 'source' -> 'document'
    )) END;
    NEW.first_day := NEW.first_days[1];
    NEW.least_gap := coalesce(
        (SELECT min(gap) FROM unnest(NEW.gaps || NEW.last_gaps) AS gap), 'infinity'
    );
    RETURN NEW;
END
$$;
DROP TRIGGER keep_own ON tracker.outlooks;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OF
    ledger, id, own, first_day, gaps, last_gaps, least_gap ON tracker.outlooks
    FOR EACH ROW EXECUTE FUNCTION tracker.keep_own();

-- Where a document was printed on another day, the indicators of the initiatives that cite it may
-- count from another day, or those of them that cite it themselves; no others do.
CREATE OR REPLACE FUNCTION tracker.forget_all() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    altered record := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
    citing text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF tracker.as_json(NEW.line) ->> 'published' = tracker.as_json(OLD.line) ->> 'published' THEN
            RETURN NULL;
        END IF;
    END IF;
    -- A word too long for an index stands there as an asterisk.
    FOR citing IN SELECT DISTINCT m.owner FROM tracker.marks m
        WHERE m.ledger = altered.ledger AND m.field = 'document'
            AND m.word IN (lower(altered.id), '*')
    LOOP
        DELETE FROM tracker.outlooks o
        WHERE o.ledger = altered.ledger AND o.id > citing || '.' AND o.id < citing || '/';
    END LOOP;
    RETURN NULL;
END
$$;

-- Only the owner loads: whoever calls a function of the owner has no more rights by that than in
-- the session itself.
CREATE OR REPLACE FUNCTION tracker.is_loading() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    owner oid;
    caller name := CASE current_setting('role')
        WHEN 'none' THEN session_user ELSE current_setting('role')
    END;
BEGIN
    IF coalesce(current_setting('tracker.loading', true), '') <> 'on' THEN
        RETURN false;
    END IF;
    SELECT c.relowner INTO owner FROM pg_class c WHERE c.oid = 'tracker.entries'::regclass;
    RETURN pg_has_role(current_user, owner, 'USAGE') AND pg_has_role(caller, owner, 'USAGE');
END
$$;

-- What is emptied at once is counted anew, and nothing is foreseen of what is left.
CREATE FUNCTION tracker.renew_after_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF TG_TABLE_NAME = 'indicators' THEN
        DELETE FROM tracker.outlooks;
        DELETE FROM tracker.unforeseen;
    END IF;
    INSERT INTO tracker.unforeseen
    SELECT x.ledger, x.id FROM tracker.indicators x ON CONFLICT DO NOTHING;
    DELETE FROM tracker.tallies;
    PERFORM tracker.renew_tallies(l.ledger) FROM tracker.ledgers l;
    RETURN NULL;
END
$$;
CREATE TRIGGER renew_after_truncate AFTER TRUNCATE ON tracker.outlooks
    EXECUTE FUNCTION tracker.renew_after_truncate();
CREATE TRIGGER renew_after_truncate AFTER TRUNCATE ON tracker.indicators
    EXECUTE FUNCTION tracker.renew_after_truncate();
REVOKE EXECUTE ON FUNCTION tracker.renew_after_truncate() FROM PUBLIC;

-- What records are found by is as long as they are, and each pair of its characters stands once.
ALTER TABLE tracker.changes ADD CONSTRAINT size_of_folded CHECK (
    coalesce(octet_length(beside ->> 'folded') <= 8000000, true)
) NOT VALID;
CREATE OR REPLACE FUNCTION tracker.list_pairs(content text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM (
            SELECT c || lead(c) OVER (ORDER BY place) AS pair
            FROM unnest(string_to_array(content, NULL)) WITH ORDINALITY AS u (c, place)
        ) p WHERE pair IS NOT NULL
    $$;

-- The entries of a record are found by its id, whatever is known of the tables: to a planner that
-- knows no later turn, those behind the one in which it was made seem to be fewer. While a ledger
-- is loaded they are all there are.
CREATE OR REPLACE FUNCTION tracker.put_together(
    line text, which_ledger text, which_record text, made_turn uuid, made_number integer
) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT left(line, -1) || coalesce(
            string_agg(',"' || l.list || '":[' || l.lines || ']', '' ORDER BY l.list), ''
        ) || '}'
        FROM (
            SELECT e.list, string_agg(e.line, ',' ORDER BY e.turn, e.number, e.position) AS lines
            FROM (
                SELECT * FROM tracker.entries
                WHERE ledger = which_ledger AND record = which_record OFFSET 0
            ) e
            WHERE (e.turn, e.number) >= (made_turn, made_number)
            GROUP BY e.list
        ) l
    $$;
