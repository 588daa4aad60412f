-- Whoever may write is believed no further than that: what is stored stands under a commit that
-- the same login makes in the same transaction, it has the form of what the program writes, and
-- records change by changes only. Functions of the owner see to it.

-- What stands beside the line of a record after the change, by which questions are narrowed.
ALTER TABLE tracker.changes ADD COLUMN beside json;
ALTER TABLE tracker.entries ADD COLUMN beside json;

-- FORM. Rows from before are not judged here; whoever reads them names those that do not fit.

-- Return a line as JSON that can be taken apart: there is no place for NUL in it, and what
-- stands there instead matters to nobody who only judges the form.
CREATE FUNCTION tracker.as_json(line text) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT replace(line, '\u0000', '\u2400')::json $$;

CREATE FUNCTION tracker.is_day(written text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT written ~ '^\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2\d))$'
            AND left(written, 4) <> '0000'
            AND (substr(written, 6) <> '02-29' OR (
                left(written, 4)::integer % 4 = 0
                AND (left(written, 4)::integer % 100 <> 0 OR left(written, 4)::integer % 400 = 0)
            ))
    $$;

-- Tell whether a JSON object has no other fields than those of a shape, each of its type: a word
-- (with a question mark where it may be null), an array of the words that are allowed, the shape
-- of an object, or an array of one shape for a list of such objects. Texts are compared as they
-- are encoded: the program escapes no word.
CREATE FUNCTION tracker.fits(content json, shape jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    field text; value json; wanted jsonb; kind text; written text; does_fit boolean;
BEGIN
    IF json_typeof(content) <> 'object' THEN
        RETURN false;
    END IF;
    FOR field, value IN SELECT * FROM json_each(content) LOOP
        wanted := shape -> field;
        IF wanted IS NULL THEN
            RETURN false;
        END IF;
        kind := json_typeof(value);
        written := value::text;
        IF jsonb_typeof(wanted) = 'object' THEN
            does_fit := kind = 'null' OR tracker.fits(value, wanted);
        ELSIF jsonb_typeof(wanted -> 0) = 'object' THEN
            does_fit := kind = 'null' OR kind = 'array' AND NOT EXISTS (
                SELECT FROM json_array_elements(
                    CASE kind WHEN 'array' THEN value ELSE '[]' END
                ) AS part WHERE NOT tracker.fits(part, wanted -> 0)
            );
        ELSIF jsonb_typeof(wanted) = 'array' THEN
            does_fit := kind = 'string' AND wanted ? btrim(written, '"');
        ELSIF kind = 'null' THEN
            does_fit := wanted #>> '{}' LIKE '%?';
        ELSE
            does_fit := CASE btrim(wanted #>> '{}', '?')
                WHEN 'text' THEN kind = 'string'
                WHEN 'flag' THEN kind = 'boolean'
                WHEN 'number' THEN kind = 'number'
                    AND written ~ '^-?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,2})?$'
                WHEN 'day' THEN kind = 'string' AND tracker.is_day(btrim(written, '"'))
                WHEN 'moment' THEN kind = 'string' AND tracker.is_day(substr(written, 2, 10))
                    AND substr(written, 12) ~
                        '^[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"$'
                WHEN 'texts' THEN kind = 'array' AND NOT EXISTS (
                    SELECT FROM json_array_elements(
                        CASE kind WHEN 'array' THEN value ELSE '[]' END
                    ) AS part WHERE json_typeof(part) <> 'string'
                )
                ELSE false
            END;
        END IF;
        IF NOT does_fit THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

CREATE FUNCTION tracker.is_entry(list text, line text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT octet_length(line) <= 4000000
            AND coalesce(json_typeof(tracker.as_json(line) -> 'on') = 'string', false)
            AND tracker.fits(tracker.as_json(line), '{
                "id": "text", "on": "day", "recorded_at": "moment?", "by": "text?", "voids": "text?",
                "source": {"document": "text", "locator": "text?"}
            }'::jsonb || CASE list
                WHEN 'updates' THEN '{
                    "period_start": "day?", "value": "number?", "done": "flag?",
                    "qualifier": [">=", "<=", "~"], "share_of_plan": "number?",
                    "status": ["final", "in_progress", "estimate"], "separate": "flag",
                    "note": "text?",
                    "evidence": "texts"
                }'::jsonb
                WHEN 'revisions' THEN '{
                    "deadline": {
                        "on": "day?", "wording": "text?", "loose": "day?",
                        "basis": ["stated", "derived", "assumed"]
                    },
                    "target": "number?", "target_high": "number?", "reason": "text",
                    "interim": [{"on": "day", "value": "number"}]
                }'::jsonb
                WHEN 'decisions' THEN '{
                    "state": ["active", "suspended", "cancelled", "closed"], "reason": "text"
                }'::jsonb
                WHEN 'judgements' THEN '{
                    "confidence": ["green", "amber", "red"], "reason": "text"
                }'::jsonb
                WHEN 'verdicts' THEN '{
                    "verdict": ["kept", "partly", "broken", "unclear"], "reason": "text",
                    "evidence": "texts"
                }'::jsonb
            END)
    $$;

CREATE FUNCTION tracker.is_object(line text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT octet_length(line) <= 50000000 AND json_typeof(tracker.as_json(line)) = 'object' $$;

ALTER TABLE tracker.commits
    ADD CONSTRAINT form_of_turn CHECK (
        turn::text ~ '^0[0-6][0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]'
    ) NOT VALID,
    ADD CONSTRAINT form_of_step CHECK (step > 0) NOT VALID,
    ADD CONSTRAINT form_of_line CHECK (
        octet_length(line) <= 100000
        AND coalesce(json_typeof(tracker.as_json(line) -> 'at') = 'string', false)
        AND coalesce(json_typeof(tracker.as_json(line) -> 'command') = 'string', false)
        AND tracker.fits(tracker.as_json(line), '{"at": "moment", "by": "text?", "command": "text"}')
    ) NOT VALID;

ALTER TABLE tracker.entries
    ADD CONSTRAINT form_of_place CHECK (
        number > 0 AND position >= 0 AND octet_length(record) BETWEEN 1 AND 500
    ) NOT VALID,
    ADD CONSTRAINT form_of_line CHECK (coalesce(tracker.is_entry(list, line), false)) NOT VALID;

ALTER TABLE tracker.changes
    ADD CONSTRAINT form_of_place CHECK (
        number > 0 AND octet_length(record) BETWEEN 1 AND 500
        AND kind IN ('documents', 'initiatives', 'indicators', 'receipts')
    ) NOT VALID,
    ADD CONSTRAINT form_of_content CHECK (
        op IN ('create', 'remove', 'change') AND new IS NOT NULL AND tracker.is_object(new)
        AND (op <> 'create' OR (tracker.as_json(new) ->> 'id') = record)
        AND (op = 'change') = (old IS NOT NULL) AND (old IS NULL OR tracker.is_object(old))
        AND (op <> 'change' OR (tracker.as_json(new) -> 'id') IS NULL)
    ) NOT VALID;

-- A turn tells when a commit was made. The clocks of clients differ, but not by days.
CREATE FUNCTION tracker.check_turn() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF abs(
        ('x' || left(replace(NEW.turn::text, '-', ''), 12))::bit(48)::bigint / 1000.0
        - extract(epoch FROM clock_timestamp())
    ) > 86400 THEN
        RAISE EXCEPTION 'the clocks of client and server differ by more than a day'
            USING ERRCODE = 'datetime_field_overflow';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_turn BEFORE INSERT ON tracker.commits
    FOR EACH ROW EXECUTE FUNCTION tracker.check_turn();

-- WHO. The commit is inserted first, and the setting says where its row lies. A lookup by an
-- index would set every serializable writer against every other; that of one's own row does not.
CREATE FUNCTION tracker.is_own_commit(who text, which_ledger text, which_turn uuid)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM tracker.commits c
        WHERE c.ctid = nullif(current_setting('tracker.commit', true), '')::tid
            AND c.ledger = which_ledger AND c.turn = which_turn AND c.login = who
            AND c.xmin = pg_current_xact_id()::xid
    );
END
$$;

CREATE FUNCTION tracker.is_commit(which_ledger text, which uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'SELECT EXISTS (SELECT FROM tracker.commits c
        WHERE c.ledger = which_ledger AND c.id = which)';

DROP POLICY keeping ON tracker.commits;
CREATE POLICY keeping ON tracker.commits FOR INSERT WITH CHECK (
    login = current_user AND step = 1
    AND ledger IN (
        SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'keeper'
    )
    AND (undoes IS NULL OR tracker.is_commit(ledger, undoes))
);
ALTER POLICY reporting ON tracker.commits WITH CHECK (
    login = current_user AND step = 1
    AND ledger IN (
        SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'reporter'
    )
    AND (undoes IS NULL OR tracker.is_commit_of(current_user, ledger, undoes))
);

-- Restrictive policies hold beside every other one.
DROP POLICY keeping ON tracker.changes;
CREATE POLICY keeping ON tracker.changes FOR INSERT WITH CHECK (
    beside IS NOT NULL AND ledger IN (
        SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'keeper'
    )
);
CREATE POLICY signing ON tracker.changes AS RESTRICTIVE FOR INSERT
    WITH CHECK (tracker.is_own_commit(current_user, ledger, turn));
DROP POLICY keeping ON tracker.entries;
CREATE POLICY keeping ON tracker.entries FOR INSERT WITH CHECK (ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'keeper'
));
CREATE POLICY signing ON tracker.entries AS RESTRICTIVE FOR INSERT
    WITH CHECK (tracker.is_own_commit(current_user, ledger, turn));
-- Whoever reports adds to what is there, and changes nothing by which it is found.
CREATE POLICY reporting_only ON tracker.entries AS RESTRICTIVE FOR INSERT
    WITH CHECK (beside IS NULL OR ledger IN (
        SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user AND r.role = 'keeper'
    ));

-- RECORDS. Nobody but the owner writes their tables, and the owner's functions do so from
-- changes. A whole ledger that is loaded leaves "beside" empty and brings its records itself.

DO $$
DECLARE
    kind text; who text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['documents', 'initiatives', 'indicators', 'receipts'] LOOP
        EXECUTE format('DROP POLICY keeping ON tracker.%I', kind);
        FOR who IN SELECT DISTINCT r.login FROM tracker.rights r JOIN pg_roles l
            ON l.rolname = r.login
        LOOP
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON tracker.%I FROM %I', kind, who);
        END LOOP;
    END LOOP;
END
$$;

-- Return a line with some fields set; numbers stay as they are written.
-- NUL stays as it is escaped, behind a mark that the texts do not have.
CREATE FUNCTION tracker.with_fields(line text, fields text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    mark text; point integer := 57344;
BEGIN
    LOOP
        mark := '\u' || to_hex(point);
        EXIT WHEN position(mark IN line || fields) = 0;
        point := point + 1;
    END LOOP;
    RETURN (
        SELECT '{' || replace(string_agg(
            to_json(key)::text || ':' || coalesce(n.value, o.value)::text, ','
            ORDER BY o.place, n.place
        ), mark, '\u0000') || '}'
        FROM json_each(replace(line, '\u0000', mark)::json)
            WITH ORDINALITY AS o (key, value, place)
        FULL JOIN json_each(replace(fields, '\u0000', mark)::json)
            WITH ORDINALITY AS n (key, value, place) USING (key)
    );
END
$$;

CREATE FUNCTION tracker.write_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    b json := NEW.beside;
    stored text;
    ends date := (NEW.beside ->> 'ended')::date;
    touched integer := 1;
BEGIN
    IF NEW.op = 'change' THEN
        EXECUTE format('SELECT line FROM tracker.%I WHERE ledger = $1 AND id = $2', NEW.kind)
            INTO stored USING NEW.ledger, NEW.record;
        stored := tracker.with_fields(stored, NEW.new);
    ELSIF NEW.op = 'create' THEN
        stored := NEW.new;
        EXECUTE format(CASE NEW.kind
            WHEN 'documents' THEN
                'INSERT INTO tracker.%I (ledger, id, turn, number, line)
                 VALUES ($1, $2, $3, $4, $5)'
            WHEN 'initiatives' THEN
                'INSERT INTO tracker.%I (ledger, id, turn, number, line, folded)
                 VALUES ($1, $2, $3, $4, $5, $6 ->> ''folded'')'
            WHEN 'indicators' THEN
                'INSERT INTO tracker.%I (ledger, id, turn, number, line, folded, owner, owner_ended)
                 VALUES ($1, $2, $3, $4, $5, $6 ->> ''folded'', split_part($2, ''.'', 1), coalesce((
                     SELECT i.ended FROM tracker.initiatives i
                     WHERE i.ledger = $1 AND i.id = split_part($2, ''.'', 1)
                 ), ''9999-12-31''))'
            ELSE
                'INSERT INTO tracker.%I (ledger, id, turn, number, line, claimed_at)
                 VALUES ($1, $2, $3, $4, $5, ($6 ->> ''claimed_at'')::timestamptz)'
        END, NEW.kind) USING NEW.ledger, NEW.record, NEW.turn, NEW.number, stored, b;
    ELSE
        EXECUTE format('DELETE FROM tracker.%I WHERE ledger = $1 AND id = $2', NEW.kind)
            USING NEW.ledger, NEW.record;
        GET DIAGNOSTICS touched = ROW_COUNT;
    END IF;
    IF NEW.op <> 'remove' THEN
        IF NEW.kind = 'documents' THEN
            UPDATE tracker.documents SET line = stored
            WHERE NEW.op = 'change' AND ledger = NEW.ledger AND id = NEW.record;
        ELSIF NEW.kind = 'initiatives' THEN
            UPDATE tracker.initiatives SET line = stored, folded = b ->> 'folded',
                lead = b ->> 'lead', parent = b ->> 'parent', ended = ends
            WHERE ledger = NEW.ledger AND id = NEW.record;
        ELSIF NEW.kind = 'indicators' THEN
            UPDATE tracker.indicators SET line = stored, folded = b ->> 'folded',
                first_due = (b ->> 'first_due')::date, ended = ends
            WHERE ledger = NEW.ledger AND id = NEW.record;
        ELSE
            UPDATE tracker.receipts SET line = stored,
                claimed_at = (b ->> 'claimed_at')::timestamptz
            WHERE ledger = NEW.ledger AND id = NEW.record;
        END IF;
        IF NEW.op = 'change' THEN
            GET DIAGNOSTICS touched = ROW_COUNT;
        END IF;
    END IF;
    IF touched = 0 THEN
        RAISE EXCEPTION 'there is no % to change', NEW.record
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF NEW.kind = 'initiatives' AND NEW.op = 'create' THEN
        UPDATE tracker.indicators SET owner_ended = ends
        WHERE ledger = NEW.ledger AND owner = NEW.record AND owner_ended <> ends;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER write_record AFTER INSERT ON tracker.changes
    FOR EACH ROW WHEN (NEW.beside IS NOT NULL) EXECUTE FUNCTION tracker.write_record();

-- An entry may move what a record is found by: its end, its earliest deadline.
CREATE FUNCTION tracker.move_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    ends date := (NEW.beside ->> 'ended')::date;
BEGIN
    IF position('.' IN NEW.record) > 0 THEN
        UPDATE tracker.indicators
        SET ended = ends, first_due = (NEW.beside ->> 'first_due')::date
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
CREATE TRIGGER move_record AFTER INSERT ON tracker.entries
    FOR EACH ROW WHEN (NEW.beside IS NOT NULL) EXECUTE FUNCTION tracker.move_record();

-- Functions that write are for the triggers only.
REVOKE EXECUTE ON FUNCTION tracker.write_record(), tracker.move_record() FROM PUBLIC;
