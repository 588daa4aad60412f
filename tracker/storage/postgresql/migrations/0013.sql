-- How indicators will stand if nothing more is reported: what the rules foresee is an index for
-- questions about all of them. Whoever changes an indicator stores it anew in the same
-- transaction; what was changed otherwise is not there any more, and readers judge it.

-- The rules by which a ledger keeps what is foreseen; none: it keeps nothing.
ALTER TABLE tracker.ledgers ADD COLUMN foreseen_by text;

-- The spans of days follow one another: the nth lasts from the nth day until the day before the
-- next one, the last until "last_day".
CREATE TABLE tracker.outlooks (
    ledger text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    rules text NOT NULL,
    first_days date[] NOT NULL,
    last_day date NOT NULL,
    last_days date[] NOT NULL,
    marks bigint[] NOT NULL,
    gaps double precision[] NOT NULL,
    last_gaps double precision[] NOT NULL,
    deadline date,
    owed_since date,
    is_led boolean NOT NULL,
    PRIMARY KEY (ledger, id)
) WITH (fillfactor = 80);
CREATE INDEX outlooks_by_deadline ON tracker.outlooks (ledger, deadline, id);
CREATE INDEX outlooks_by_debt ON tracker.outlooks (ledger, owed_since, id);
ALTER TABLE tracker.outlooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON tracker.outlooks FOR SELECT USING (ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user
));
-- What is foreseen of an indicator is stored under the commit that has just changed it; whoever
-- only reports foresees nothing of others.
CREATE POLICY foreseeing ON tracker.outlooks FOR INSERT WITH CHECK (
    tracker.is_own_commit(current_user, ledger, turn)
    AND (
        ledger IN (
            SELECT r.ledger FROM tracker.rights r
            WHERE r.login = current_user AND r.role = 'keeper'
        )
        OR EXISTS (
            SELECT FROM tracker.entries e
            WHERE e.ledger = outlooks.ledger AND e.record = outlooks.id AND e.turn = outlooks.turn
        )
    )
);

-- What is foreseen of an indicator holds until its line is another one, and that of one with
-- parts until one of these comes or goes.
CREATE FUNCTION tracker.forget_indicator() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    line text;
BEGIN
    DELETE FROM tracker.outlooks WHERE ledger = OLD.ledger AND id = OLD.id;
    FOREACH line IN ARRAY ARRAY[OLD.line, CASE TG_OP WHEN 'UPDATE' THEN NEW.line END] LOOP
        IF position('"part_of":' IN line) > 0 THEN
            DELETE FROM tracker.outlooks
            WHERE ledger = OLD.ledger AND id = tracker.as_json(line) ->> 'part_of';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_after_update AFTER UPDATE OF ledger, id, turn, number, line, whole
    ON tracker.indicators FOR EACH ROW
    WHEN (NEW.whole IS DISTINCT FROM OLD.whole)
    EXECUTE FUNCTION tracker.forget_indicator();
CREATE TRIGGER forget_after_delete AFTER DELETE ON tracker.indicators
    FOR EACH ROW EXECUTE FUNCTION tracker.forget_indicator();

-- A new part takes from its whole what was foreseen of it alone.
CREATE FUNCTION tracker.forget_whole() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    DELETE FROM tracker.outlooks
    WHERE ledger = NEW.ledger AND id IN (NEW.id, tracker.as_json(NEW.line) ->> 'part_of');
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_after_insert AFTER INSERT ON tracker.indicators
    FOR EACH ROW WHEN (position('"part_of":' IN NEW.line) > 0)
    EXECUTE FUNCTION tracker.forget_whole();

-- What no rule looks at changes nothing.
CREATE FUNCTION tracker.without_names(line text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RETURN tracker.as_json(line)::jsonb - ARRAY['name', 'aliases', 'notes', 'tags', 'place',
        'category', 'person'];
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
CREATE FUNCTION tracker.forget_initiative() RETURNS trigger
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
            UNION SELECT i.id FROM tracker.initiatives i JOIN lower ON i.parent = lower.id
            WHERE i.ledger = OLD.ledger
        ) SELECT id FROM lower
    LOOP
        DELETE FROM tracker.outlooks o
        WHERE o.ledger = OLD.ledger AND o.id > below || '.' AND o.id < below || '/';
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_after_update AFTER UPDATE OF ledger, id, turn, number, line, whole
    ON tracker.initiatives FOR EACH ROW
    WHEN (NEW.whole IS DISTINCT FROM OLD.whole)
    EXECUTE FUNCTION tracker.forget_initiative();
CREATE TRIGGER forget_after_delete AFTER DELETE ON tracker.initiatives
    FOR EACH ROW EXECUTE FUNCTION tracker.forget_initiative();

-- Where a document was printed on another day, whatever cites it may count from another day.
CREATE FUNCTION tracker.forget_all() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        DELETE FROM tracker.outlooks WHERE ledger = NEW.ledger AND EXISTS (
            SELECT FROM tracker.marks m WHERE m.ledger = NEW.ledger
                AND m.field = 'document' AND m.word = lower(NEW.id)
        );
    ELSIF TG_OP = 'DELETE' OR tracker.as_json(NEW.line) ->> 'published'
        IS DISTINCT FROM tracker.as_json(OLD.line) ->> 'published'
    THEN
        DELETE FROM tracker.outlooks WHERE ledger = OLD.ledger;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_after_insert AFTER INSERT ON tracker.documents
    FOR EACH ROW EXECUTE FUNCTION tracker.forget_all();
CREATE TRIGGER forget_after_update AFTER UPDATE ON tracker.documents
    FOR EACH ROW EXECUTE FUNCTION tracker.forget_all();
CREATE TRIGGER forget_after_delete AFTER DELETE ON tracker.documents
    FOR EACH ROW EXECUTE FUNCTION tracker.forget_all();

REVOKE EXECUTE ON FUNCTION tracker.forget_indicator(), tracker.forget_whole(),
    tracker.forget_initiative(), tracker.forget_all() FROM PUBLIC;
