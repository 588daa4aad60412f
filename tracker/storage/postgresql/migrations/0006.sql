-- What is let in is judged by the types of the records themselves: tracker.shape_of() returns the
-- shape of each, and is made anew whenever the tables are upgraded. Every field that a reader
-- needs must be there, texts must be valid, and changes must be of the form of their record.

ALTER TABLE tracker.commits DROP CONSTRAINT IF EXISTS form_of_line;
ALTER TABLE tracker.entries DROP CONSTRAINT IF EXISTS form_of_line;
ALTER TABLE tracker.changes DROP CONSTRAINT IF EXISTS form_of_content;
DROP FUNCTION tracker.is_entry(text, text);
DROP FUNCTION tracker.is_object(text);
DROP FUNCTION tracker.fits(json, jsonb);

-- Tell whether a JSON value has a form: {"is": a word, "of": what it is made of, "null": true
-- where it may be null}.
CREATE FUNCTION tracker.has_form(value json, form jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    kind text := json_typeof(value);
    written text := value::text;
BEGIN
    IF kind = 'null' THEN
        RETURN coalesce((form -> 'null')::boolean, false) OR form ->> 'is' = 'any';
    END IF;
    RETURN CASE form ->> 'is'
        WHEN 'text' THEN kind = 'string'
        WHEN 'word' THEN kind = 'string' AND form -> 'of' ? (value #>> '{}')
        WHEN 'flag' THEN kind = 'boolean'
        WHEN 'integer' THEN kind = 'number' AND written ~ '^-?\d{1,18}$'
        WHEN 'number' THEN kind = 'number'
            AND written ~ '^-?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,2})?$'
        WHEN 'day' THEN kind = 'string' AND tracker.is_day(btrim(written, '"'))
        WHEN 'moment' THEN kind = 'string' AND tracker.is_day(substr(written, 2, 10))
            AND substr(written, 12) ~
                '^[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"$'
        WHEN 'object' THEN kind = 'object' AND tracker.has_shape(value, form -> 'of', true)
        WHEN 'list' THEN kind = 'array' AND NOT EXISTS (
            SELECT FROM json_array_elements(
                CASE kind WHEN 'array' THEN value ELSE '[]' END
            ) AS part WHERE NOT tracker.has_form(part, form -> 'of')
        )
        WHEN 'any' THEN true
        ELSE false
    END;
END
$$;

-- Tell whether a JSON object has no other fields than those of a shape, each of its form, and,
-- where it must be whole, all that are needed.
CREATE FUNCTION tracker.has_shape(content json, shape jsonb, is_whole boolean) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    field text; value json;
BEGIN
    IF shape IS NULL OR json_typeof(content) <> 'object' THEN
        RETURN false;
    END IF;
    FOR field, value IN SELECT * FROM json_each(content) LOOP
        IF NOT coalesce(tracker.has_form(value, shape -> field), false) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN NOT is_whole OR NOT EXISTS (
        SELECT FROM jsonb_each(shape) AS wanted (field, form)
        WHERE wanted.form ? 'needed' AND content -> wanted.field IS NULL
    );
END
$$;

-- The cast to jsonb refuses what is no valid text, such as half of a surrogate pair.
CREATE FUNCTION tracker.is_line(line text, which text, is_whole boolean) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RETURN tracker.has_shape(tracker.as_json(line), tracker.shape_of(which), is_whole)
        AND tracker.as_json(line)::jsonb IS NOT NULL;
END
$$;

CREATE FUNCTION tracker.is_content(
    op text, kind text, record text, old text, new text
) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT CASE op
            WHEN 'create' THEN old IS NULL AND tracker.is_line(new, kind, true)
                AND tracker.as_json(new) ->> 'id' = record
            WHEN 'remove' THEN old IS NULL AND tracker.is_line(new, 'removed ' || kind, true)
                AND tracker.as_json(new) ->> 'id' = record
            WHEN 'change' THEN tracker.is_line(old, kind, false) AND tracker.is_line(new, kind, false)
                AND tracker.as_json(new) -> 'id' IS NULL
                AND ARRAY(SELECT json_object_keys(tracker.as_json(new)) ORDER BY 1)
                    = ARRAY(SELECT json_object_keys(tracker.as_json(old)) ORDER BY 1)
            ELSE false
        END
    $$;

ALTER TABLE tracker.commits ADD CONSTRAINT form_of_line CHECK (
    octet_length(line) <= 100000 AND coalesce(tracker.is_line(line, 'commits', true), false)
) NOT VALID;
ALTER TABLE tracker.entries ADD CONSTRAINT form_of_line CHECK (
    octet_length(line) <= 4000000
    AND list IN ('updates', 'revisions', 'decisions', 'judgements', 'verdicts')
    AND (list = 'decisions' OR position('.' IN record) > 0)
    AND coalesce(tracker.is_line(line, list, true), false)
) NOT VALID;
ALTER TABLE tracker.changes ADD CONSTRAINT form_of_content CHECK (
    octet_length(new) <= 50000000 AND coalesce(octet_length(old) <= 50000000, true)
    AND (kind NOT IN ('initiatives', 'indicators') OR op <> 'create'
        OR record ~ CASE kind WHEN 'indicators' THEN '^[^.]+\.[^.]+$' ELSE '^[^.]+$' END)
    AND coalesce(tracker.is_content(op, kind, record, old, new), false)
) NOT VALID;

-- Whoever reports takes back only what the same login has entered.
CREATE FUNCTION tracker.is_entry_of(who text, which_ledger text, which_record text, which text)
    RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT NOT EXISTS (
            SELECT FROM tracker.entries e
            LEFT JOIN tracker.commits c ON c.ledger = e.ledger AND c.turn = e.turn
            WHERE e.ledger = which_ledger AND e.record = which_record
                AND tracker.as_json(e.line) ->> 'id' = which AND c.login IS DISTINCT FROM who
        )
    $$;
CREATE POLICY taking_back ON tracker.entries AS RESTRICTIVE FOR INSERT
    WITH CHECK (
        tracker.as_json(line) ->> 'voids' IS NULL
        OR tracker.is_entry_of(
            current_user, ledger, record, tracker.as_json(line) ->> 'voids'
        )
        OR ledger IN (
            SELECT r.ledger FROM tracker.rights r
            WHERE r.login = current_user AND r.role = 'keeper'
        )
    );
