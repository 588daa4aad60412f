-- What no program wrote is kept apart from the ledger by: tracker recover. Nobody but the owner
-- writes there; whoever may read the ledger may read it.

CREATE TABLE tracker.set_aside (
    ledger text COLLATE "C" NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login text COLLATE "C" NOT NULL DEFAULT current_user,
    from_table text NOT NULL,
    -- The row as it was, all of its columns.
    content text NOT NULL
);
CREATE INDEX set_aside_in_order ON tracker.set_aside (ledger, set_aside_at);
ALTER TABLE tracker.set_aside ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON tracker.set_aside FOR SELECT USING (ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user
));

-- A field stands once in an object: what is judged is then what is read.
CREATE OR REPLACE FUNCTION tracker.has_shape(content json, shape jsonb, is_whole boolean)
    RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    field text; value json; number integer := 0;
BEGIN
    IF shape IS NULL OR json_typeof(content) <> 'object' THEN
        RETURN false;
    END IF;
    FOR field, value IN SELECT * FROM json_each(content) LOOP
        number := number + 1;
        IF NOT coalesce(tracker.has_form(value, shape -> field), false) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN number = (SELECT count(DISTINCT key) FROM json_object_keys(content) AS key)
        AND (NOT is_whole OR NOT EXISTS (
            SELECT FROM jsonb_each(shape) AS wanted (field, form)
            WHERE wanted.form ? 'needed' AND content -> wanted.field IS NULL
        ));
END
$$;

-- Tell whether the line of a record says of these fields what a change says that they were. A
-- field that stands in no line has the value that its shape names.
CREATE FUNCTION tracker.says(line text, fields text, kind text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    content jsonb := tracker.as_json(line)::jsonb;
    shape jsonb := tracker.shape_of(kind);
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM jsonb_each(tracker.as_json(fields)::jsonb) AS field (name, value)
        WHERE jsonb_strip_nulls(
            coalesce(content -> field.name, shape -> field.name -> 'default', 'null')
        ) <> jsonb_strip_nulls(field.value)
    );
END
$$;

-- Records are what their changes say, as before; a change is refused that says what was not so,
-- and one that would leave an indicator without its initiative. What stands beside a line is
-- taken from the line where it can be: nobody hides a record by saying otherwise.
CREATE OR REPLACE FUNCTION tracker.write_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    b json := NEW.beside;
    stored text;
    own json;
    ends date := (NEW.beside ->> 'ended')::date;
    owner_ends date;
    is_so boolean;
BEGIN
    IF NEW.op <> 'create' THEN
        EXECUTE format('SELECT line FROM tracker.%I WHERE ledger = $1 AND id = $2', NEW.kind)
            INTO stored USING NEW.ledger, NEW.record;
        IF stored IS NULL THEN
            RAISE EXCEPTION 'there is no % to change', NEW.record
                USING ERRCODE = 'foreign_key_violation';
        END IF;
        is_so := CASE NEW.op
            WHEN 'change' THEN tracker.says(stored, NEW.old, NEW.kind)
            ELSE tracker.says(stored, tracker.without_lists(NEW.new), NEW.kind)
                AND tracker.says(NEW.new, stored, NEW.kind)
        END;
        IF NOT is_so THEN
            RAISE EXCEPTION 'the change says what % was not', NEW.record
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.op = 'change' THEN
        stored := tracker.with_fields(stored, NEW.new);
    ELSIF NEW.op = 'create' THEN
        stored := NEW.new;
        IF NEW.kind = 'indicators' THEN
            SELECT i.ended INTO owner_ends FROM tracker.initiatives i
            WHERE i.ledger = NEW.ledger AND i.id = split_part(NEW.record, '.', 1);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'there is no initiative of %', NEW.record
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
        END IF;
        EXECUTE format(CASE NEW.kind
            WHEN 'documents' THEN
                'INSERT INTO tracker.%I (ledger, id, turn, number, line)
                 VALUES ($1, $2, $3, $4, $5)'
            WHEN 'initiatives' THEN
                'INSERT INTO tracker.%I (ledger, id, turn, number, line, folded, ended)
                 VALUES ($1, $2, $3, $4, $5, $6 ->> ''folded'', $7)'
            WHEN 'indicators' THEN
                'INSERT INTO tracker.%I
                     (ledger, id, turn, number, line, folded, owner, ended, owner_ended)
                 VALUES ($1, $2, $3, $4, $5, $6 ->> ''folded'', split_part($2, ''.'', 1), $7, $8)'
            ELSE
                'INSERT INTO tracker.%I (ledger, id, turn, number, line, claimed_at)
                 VALUES ($1, $2, $3, $4, $5, ($6 ->> ''claimed_at'')::timestamptz)'
        END, NEW.kind)
        USING NEW.ledger, NEW.record, NEW.turn, NEW.number, stored, b, ends, owner_ends;
    ELSE
        EXECUTE format('DELETE FROM tracker.%I WHERE ledger = $1 AND id = $2', NEW.kind)
            USING NEW.ledger, NEW.record;
    END IF;
    IF NEW.op <> 'remove' THEN
        own := replace(stored, '\u0000', '\ufffe')::json;
        IF NEW.kind = 'documents' THEN
            UPDATE tracker.documents SET line = stored
            WHERE NEW.op = 'change' AND ledger = NEW.ledger AND id = NEW.record;
        ELSIF NEW.kind = 'initiatives' THEN
            UPDATE tracker.initiatives SET line = stored, folded = b ->> 'folded',
                lead = own ->> 'lead', parent = own ->> 'parent'
            WHERE ledger = NEW.ledger AND id = NEW.record;
        ELSIF NEW.kind = 'indicators' THEN
            UPDATE tracker.indicators SET line = stored, folded = b ->> 'folded',
                first_due = tracker.earliest(own, least(first_due, (b ->> 'first_due')::date))
            WHERE ledger = NEW.ledger AND id = NEW.record;
        ELSE
            UPDATE tracker.receipts SET line = stored,
                claimed_at = (own ->> 'claimed_at')::timestamptz
            WHERE ledger = NEW.ledger AND id = NEW.record;
        END IF;
    END IF;
    IF NEW.kind = 'initiatives' AND NEW.op = 'create' THEN
        UPDATE tracker.indicators SET owner_ended = ends
        WHERE ledger = NEW.ledger AND owner = NEW.record AND owner_ended <> ends;
    END IF;
    RETURN NULL;
END
$$;

-- Return a day, or that of the deadline in a line where that is earlier; of days that there are.
CREATE FUNCTION tracker.earliest(content json, due date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT CASE
            WHEN content ->> 'recurs' IS NOT NULL THEN '0001-01-01'
            ELSE greatest(
                least(CASE WHEN isfinite(due) THEN due END, (content -> 'deadline' ->> 'on')::date),
                CASE WHEN due < '0001-01-01' THEN date '0001-01-01' END
            )
        END
    $$;

-- Return the line of a record without its lists of entries, which are rows of their own.
CREATE FUNCTION tracker.without_lists(line text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT (tracker.as_json(line)::jsonb
            - ARRAY['updates', 'revisions', 'decisions', 'judgements', 'verdicts'])::text
    $$;

CREATE OR REPLACE FUNCTION tracker.move_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    ends date := (NEW.beside ->> 'ended')::date;
BEGIN
    IF position('.' IN NEW.record) > 0 THEN
        -- A deadline that it ever had stays one.
        UPDATE tracker.indicators
        SET ended = CASE NEW.list WHEN 'decisions' THEN ends ELSE ended END,
            first_due = tracker.earliest(
                tracker.as_json(NEW.line), least(first_due, (NEW.beside ->> 'first_due')::date)
            )
        WHERE ledger = NEW.ledger AND id = NEW.record;
    ELSE
        UPDATE tracker.initiatives SET ended = ends
        WHERE ledger = NEW.ledger AND id = NEW.record;
        UPDATE tracker.indicators SET owner_ended = ends
        WHERE ledger = NEW.ledger AND owner = NEW.record AND owner_ended <> ends;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION tracker.write_record(), tracker.move_record() FROM PUBLIC;

-- At the end of a change no indicator is without its initiative; until then it may be made again.
CREATE FUNCTION tracker.check_children() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF EXISTS (
        SELECT FROM tracker.indicators x WHERE x.ledger = NEW.ledger AND x.owner = NEW.record
    ) AND NOT EXISTS (
        SELECT FROM tracker.initiatives i WHERE i.ledger = NEW.ledger AND i.id = NEW.record
    ) THEN
        RAISE EXCEPTION 'indicators of % would be without it', NEW.record
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION tracker.check_children() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER check_children AFTER INSERT ON tracker.changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.op = 'remove' AND NEW.kind = 'initiatives' AND NEW.beside IS NOT NULL)
    EXECUTE FUNCTION tracker.check_children();

-- An entry is that of a record that is there.
CREATE POLICY of_record ON tracker.entries AS RESTRICTIVE FOR INSERT WITH CHECK (
    CASE WHEN position('.' IN record) > 0 THEN EXISTS (
        SELECT FROM tracker.indicators x WHERE x.ledger = entries.ledger AND x.id = entries.record
    ) ELSE EXISTS (
        SELECT FROM tracker.initiatives i WHERE i.ledger = entries.ledger AND i.id = entries.record
    ) END
);

-- WHEN. A commit counts as known since about now. Where the clock of an earlier one was wrong it
-- counts as known since that one. What has another form is refused by that.
CREATE FUNCTION tracker.is_known_since(which_ledger text, which_turn uuid, line text)
    RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT CASE WHEN tracker.is_line(line, 'commits', true) THEN (
            SELECT known.at > clock_timestamp() - interval '1 day' AND (
                known.at < clock_timestamp() + interval '1 day'
                OR EXISTS (
                    SELECT FROM tracker.commits c
                    WHERE c.ledger = which_ledger AND c.turn <> which_turn
                        AND CASE WHEN tracker.is_line(c.line, 'commits', true)
                            THEN (tracker.as_json(c.line) ->> 'at')::timestamptz >= known.at
                        END
                )
            )
            FROM (SELECT (tracker.as_json(line) ->> 'at')::timestamptz) AS known (at)
        ) ELSE true END
    $$;
CREATE POLICY told_now ON tracker.commits AS RESTRICTIVE FOR INSERT
    WITH CHECK (tracker.is_known_since(ledger, turn, line));
-- What a reporter enters was entered now: a day that was known before stays as it was known. An
-- entry that does not say when counts as known since its day.
CREATE POLICY told_now ON tracker.entries AS RESTRICTIVE FOR INSERT WITH CHECK (
    CASE
        WHEN ledger IN (
            SELECT r.ledger FROM tracker.rights r
            WHERE r.login = current_user AND r.role = 'keeper'
        ) THEN true
        WHEN tracker.is_line(line, list, true) THEN coalesce(
            tracker.as_json(line) ->> 'recorded_at', tracker.as_json(line) ->> 'on'
        )::timestamptz > clock_timestamp() - interval '1 day'
        ELSE true
    END
);
