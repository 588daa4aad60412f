-- How many indicators stand in which way on a day is added up out of steps: from the first day of a
-- span on there is one more of its mark, and after its last day one less. What is written adds
-- steps and reads none, so that nobody waits for anybody; now and then those of a ledger are
-- added up into few. Of the rules '' the steps say how many indicators there are.
CREATE TABLE tracker.tallies (
    ledger text COLLATE "C" NOT NULL,
    rules text NOT NULL,
    day date NOT NULL,
    mark bigint NOT NULL,
    is_led boolean NOT NULL,
    has_gap boolean NOT NULL,
    deadline date,
    number bigint NOT NULL
);
CREATE INDEX tallies_by_day ON tracker.tallies (ledger, rules, day);
ALTER TABLE tracker.tallies ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON tracker.tallies FOR SELECT USING (ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user
));

-- Whoever may add what is foreseen may add it in its form only: days that follow one another, and
-- as many of each as there are spans. Anything else would count one indicator as many.
CREATE FUNCTION tracker.is_outlook(
    first_days date[], last_day date, last_days date[], marks bigint[], gaps double precision[],
    last_gaps double precision[], deadline date, owed_since date
) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT array_ndims(first_days) = 1 AND array_lower(first_days, 1) = 1
            AND cardinality(last_days) = cardinality(first_days)
            AND cardinality(marks) = cardinality(first_days)
            AND cardinality(gaps) = cardinality(first_days)
            AND cardinality(last_gaps) = cardinality(first_days)
            AND coalesce(deadline BETWEEN '0001-01-01' AND '9999-12-31', true)
            AND coalesce(owed_since BETWEEN '0001-01-01' AND '9999-12-31', true)
            AND last_day BETWEEN '0001-01-01' AND '9999-12-31'
            AND NOT EXISTS (
                SELECT FROM unnest(
                    first_days, first_days[2:] || (last_day + 1), last_days, marks, gaps, last_gaps
                ) AS s (day, next, last, mark, gap, last_gap)
                WHERE (
                    s.day >= '0001-01-01' AND s.day < s.next AND s.mark IS NOT NULL
                    AND (s.day < s.last OR s.gap IS NOT DISTINCT FROM s.last_gap)
                ) IS NOT TRUE
            )
    $$;
CREATE POLICY form ON tracker.outlooks AS RESTRICTIVE FOR INSERT WITH CHECK (
    rules <> '' AND tracker.is_outlook(
        first_days, last_day, last_days, marks, gaps, last_gaps, deadline, owed_since
    )
);

-- Return the steps of one indicator. Without a path of its own it becomes a part of the statement
-- that calls it; all that it names is in the catalogue of the server.
CREATE FUNCTION tracker.list_steps(
    first_days date[], last_day date, marks bigint[], gaps double precision[]
) RETURNS TABLE (day date, mark bigint, has_gap boolean, step integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT s.day, s.mark, s.gap IS NOT NULL, 1
        FROM unnest(first_days, marks, gaps) AS s (day, mark, gap)
        WHERE s.day IS NOT NULL AND s.mark IS NOT NULL
        UNION ALL SELECT s.day, s.mark, s.gap IS NOT NULL, -1
        FROM unnest(first_days[2:] || (last_day + 1), marks, gaps) AS s (day, mark, gap)
        WHERE s.day <= '9999-12-31' AND s.mark IS NOT NULL
    $$;

-- Add up the steps of a ledger that are alike.
CREATE FUNCTION tracker.compact_tallies(which_ledger text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            DELETE FROM tracker.tallies WHERE ledger = which_ledger RETURNING *
        )
        INSERT INTO tracker.tallies
        SELECT o.ledger, o.rules, o.day, o.mark, o.is_led, o.has_gap, o.deadline, sum(o.number)
        FROM old o GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(o.number) <> 0
    $$;

-- Count a ledger anew, whatever was counted before.
CREATE FUNCTION tracker.renew_tallies(which_ledger text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        DELETE FROM tracker.tallies WHERE ledger = which_ledger;
        INSERT INTO tracker.tallies
        SELECT o.ledger, o.rules, s.day, s.mark, o.is_led, s.has_gap, o.deadline, sum(s.step)
        FROM tracker.outlooks o
        CROSS JOIN LATERAL tracker.list_steps(o.first_days, o.last_day, o.marks, o.gaps) s
        WHERE o.ledger = which_ledger
        GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(s.step) <> 0
        UNION ALL SELECT x.ledger, '', '-infinity', 0, false, false, NULL, count(*)
        FROM tracker.indicators x WHERE x.ledger = which_ledger GROUP BY x.ledger
    $$;

CREATE FUNCTION tracker.tally_outlooks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    INSERT INTO tracker.tallies
    SELECT a.ledger, a.rules, s.day, s.mark, a.is_led, s.has_gap, a.deadline,
        sum(s.step * TG_ARGV[0]::integer)
    FROM altered a
    CROSS JOIN LATERAL tracker.list_steps(a.first_days, a.last_day, a.marks, a.gaps) s
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(s.step) <> 0;
    -- Some hundred changes leave some thousand steps, which are read in a few milliseconds.
    -- Whoever cannot have the lock leaves them: one adds up, and nobody waits.
    IF TG_OP = 'INSERT' AND random() < 0.003 THEN
        PERFORM tracker.compact_tallies(a.ledger) FROM altered a GROUP BY a.ledger
        HAVING pg_try_advisory_xact_lock(hashtextextended('tracker.tallies ' || a.ledger, 0));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_after_insert AFTER INSERT ON tracker.outlooks
    REFERENCING NEW TABLE AS altered EXECUTE FUNCTION tracker.tally_outlooks('1');
CREATE TRIGGER tally_after_delete AFTER DELETE ON tracker.outlooks
    REFERENCING OLD TABLE AS altered EXECUTE FUNCTION tracker.tally_outlooks('-1');
CREATE TRIGGER untally_after_update AFTER UPDATE ON tracker.outlooks
    REFERENCING OLD TABLE AS altered EXECUTE FUNCTION tracker.tally_outlooks('-1');
CREATE TRIGGER tally_after_update AFTER UPDATE ON tracker.outlooks
    REFERENCING NEW TABLE AS altered EXECUTE FUNCTION tracker.tally_outlooks('1');

CREATE FUNCTION tracker.tally_indicators() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    INSERT INTO tracker.tallies
    SELECT a.ledger, '', '-infinity', 0, false, false, NULL, count(*) * TG_ARGV[0]::integer
    FROM altered a GROUP BY a.ledger;
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_after_insert AFTER INSERT ON tracker.indicators
    REFERENCING NEW TABLE AS altered EXECUTE FUNCTION tracker.tally_indicators('1');
CREATE TRIGGER tally_after_delete AFTER DELETE ON tracker.indicators
    REFERENCING OLD TABLE AS altered EXECUTE FUNCTION tracker.tally_indicators('-1');

-- The indicators of which nothing is foreseen, which readers judge each time: what has parts, and
-- what was changed by somebody who foresees nothing. Whether one belongs here is known at the end
-- of a change only; before it none is written, so that two changes meet here as seldom as can be.
CREATE TABLE tracker.unforeseen (
    ledger text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (ledger, id)
);
ALTER TABLE tracker.unforeseen ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON tracker.unforeseen FOR SELECT USING (ledger IN (
    SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user
));
CREATE FUNCTION tracker.list_unforeseen() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    altered record := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
BEGIN
    INSERT INTO tracker.unforeseen
    SELECT x.ledger, x.id FROM tracker.indicators x
    WHERE x.ledger = altered.ledger AND x.id = altered.id AND NOT EXISTS (
        SELECT FROM tracker.outlooks o WHERE o.ledger = x.ledger AND o.id = x.id
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER list_unforeseen AFTER DELETE ON tracker.outlooks
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tracker.list_unforeseen();
-- What is loaded is foreseen after that, all of it.
CREATE CONSTRAINT TRIGGER list_unforeseen AFTER INSERT ON tracker.indicators
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT tracker.is_loading())
    EXECUTE FUNCTION tracker.list_unforeseen();
CREATE FUNCTION tracker.strike_unforeseen() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    DELETE FROM tracker.unforeseen u USING altered a WHERE u.ledger = a.ledger AND u.id = a.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER strike_after_insert AFTER INSERT ON tracker.outlooks
    REFERENCING NEW TABLE AS altered EXECUTE FUNCTION tracker.strike_unforeseen();

REVOKE EXECUTE ON FUNCTION tracker.compact_tallies(text), tracker.renew_tallies(text),
    tracker.tally_outlooks(), tracker.tally_indicators(), tracker.list_unforeseen(),
    tracker.strike_unforeseen() FROM PUBLIC;

SELECT tracker.renew_tallies(l.ledger) FROM tracker.ledgers l;
