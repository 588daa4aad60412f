-- Names are compared whatever their width, and without quotes, middle dots, spaces and
-- hyphens; tags, leads and the notes of indicators are searched too. What stands beside the
-- lines was made without that: it is made anew, as model/names.py does it.

CREATE FUNCTION tracker.fold_again(folded text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
    AS $$
        SELECT coalesce(nullif(regexp_replace(
            lower(normalize(folded, NFKC)),
            '[\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
            '\u00ad\u200b-\u200d\u2060\ufeff'
            '\u0022\u0027\u0060\u2018-\u201f\u2032\u2033\u2035\u00ab\u00bb\u2039\u203a'
            '\u300a-\u300f\u3008\u3009\u301d-\u301f'
            '\u00b7\u2027\u2022\u2219\u22c5\u30fb'
            '\u002d\u2010-\u2015\u2212\u2043]+',
            '', 'g'
        ), ''), lower(normalize(folded, NFKC)))
    $$;

-- A NUL is no text for the database; nothing that is asked for holds what stands for it.
CREATE FUNCTION tracker.texts_of(line text, key text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
    AS $$
        SELECT CASE json_typeof(value)
            WHEN 'array' THEN (SELECT string_agg(t, E'\n') FROM json_array_elements_text(value) t)
            ELSE value #>> '{}'
        END
        FROM (SELECT replace(line, '\u0000', '\ufffe')::json -> key) v(value)
    $$;

UPDATE tracker.initiatives SET folded = tracker.fold_again(concat_ws(E'\n',
    folded, tracker.texts_of(line, 'lead'), tracker.texts_of(line, 'support'),
    tracker.texts_of(line, 'tags')));
UPDATE tracker.indicators SET folded = tracker.fold_again(concat_ws(E'\n',
    folded, tracker.texts_of(line, 'notes')));

-- Words are only ever added. The id of a document keeps its hyphens.
INSERT INTO tracker.words (ledger, field, word)
    SELECT DISTINCT ledger, field, tracker.fold_again(word) FROM tracker.words
    WHERE field IN ('place', 'lead', 'category')
    ON CONFLICT DO NOTHING;
INSERT INTO tracker.marks (ledger, field, word, owner)
    SELECT DISTINCT ledger, field, tracker.fold_again(word), owner FROM tracker.marks
    WHERE field IN ('place', 'lead', 'category')
    ON CONFLICT DO NOTHING;
INSERT INTO tracker.words (ledger, field, word)
    SELECT DISTINCT ledger, field, lower(normalize(word, NFKC)) FROM tracker.words
    WHERE field = 'document'
    ON CONFLICT DO NOTHING;
INSERT INTO tracker.marks (ledger, field, word, owner)
    SELECT DISTINCT ledger, field, lower(normalize(word, NFKC)), owner FROM tracker.marks
    WHERE field = 'document'
    ON CONFLICT DO NOTHING;

DROP FUNCTION tracker.fold_again(text);
DROP FUNCTION tracker.texts_of(text, text);
