-- The initiatives below another one are found by their index: it compares texts as the column
-- "parent" does, where an id is compared by its code points.
CREATE OR REPLACE FUNCTION tracker.forget_initiative() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    below text;
BEGIN
    IF TG_OP = 'UPDATE' AND tracker.without_names(OLD.whole) = tracker.without_names(NEW.whole) THEN
        RETURN NULL;
    END IF;
    FOR below IN
        WITH RECURSIVE lower (id) AS (
            SELECT OLD.id
            UNION SELECT i.id FROM tracker.initiatives i
            JOIN lower ON i.parent = lower.id COLLATE "default"
            WHERE i.ledger = OLD.ledger
        ) SELECT id FROM lower
    LOOP
        DELETE FROM tracker.outlooks o
        WHERE o.ledger = OLD.ledger AND o.id > below || '.' AND o.id < below || '/';
    END LOOP;
    RETURN NULL;
END
$$;

-- What the owner loads was compared with the types of the records by the program that loads it,
-- in a hundredth of the time. Whoever is not the owner loads nothing, whatever the setting says.
CREATE FUNCTION tracker.is_loading() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RETURN coalesce(current_setting('tracker.loading', true), '') = 'on' AND pg_has_role(
        current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = 'tracker.entries'::regclass),
        'USAGE'
    );
END
$$;
ALTER TABLE tracker.entries DROP CONSTRAINT form_of_line, ADD CONSTRAINT form_of_line CHECK (
    octet_length(line) <= 4000000
    AND list IN ('updates', 'revisions', 'decisions', 'judgements', 'verdicts')
    AND (list = 'decisions' OR position('.' IN record) > 0)
    AND (tracker.is_loading() OR coalesce(tracker.is_line(line, list, true), false))
) NOT VALID;
ALTER TABLE tracker.changes DROP CONSTRAINT form_of_content, ADD CONSTRAINT form_of_content CHECK (
    octet_length(new) <= 50000000 AND coalesce(octet_length(old) <= 50000000, true)
    AND (kind NOT IN ('initiatives', 'indicators') OR op <> 'create'
        OR record ~ CASE kind WHEN 'indicators' THEN '^[^.]+\.[^.]+$' ELSE '^[^.]+$' END)
    AND (
        op = 'create' AND tracker.is_loading()
        OR coalesce(tracker.is_content(op, kind, record, old, new), false)
    )
) NOT VALID;

-- Counts by lead, place, document … come from what is foreseen too. What an indicator has of its
-- own of these stands beside it, taken from its line, and the rest in the line of its initiative.
-- The first day stands in a column too, so that an index can tell how many hold on a day. A row
-- from before says nothing until: tracker db upgrade.
ALTER TABLE tracker.outlooks ADD COLUMN own text, ADD COLUMN first_day date;
CREATE INDEX outlooks_by_days ON tracker.outlooks (ledger, rules, last_day, first_day);
CREATE FUNCTION tracker.keep_own() RETURNS trigger
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
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OF ledger, id, own, first_day ON tracker.outlooks
    FOR EACH ROW EXECUTE FUNCTION tracker.keep_own();
REVOKE EXECUTE ON FUNCTION tracker.keep_own() FROM PUBLIC;
