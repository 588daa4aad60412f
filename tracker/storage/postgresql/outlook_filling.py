"""Filling of the index of what was foreseen, some indicators at a time."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from tracker.storage.base import Foresee
from tracker.storage.postgresql.outlooks import build_outlook_row
from tracker.storage.postgresql.view import PostgresView

_AT_A_TIME = 2000
_NO_TURN = UUID(int=0)
_IS_OWNER = "SELECT has_table_privilege('tracker.outlooks', 'DELETE')"
_KEEP_BY_RULES = """
UPDATE tracker.ledgers SET foreseen_by = %(rules)s
WHERE ledger = %(ledger)s AND foreseen_by IS DISTINCT FROM %(rules)s
"""
_DELETE_OUTLOOKS = "DELETE FROM tracker.outlooks WHERE ledger = %(ledger)s AND id = ANY(%(ids)s)"
_LIST_UNFORESEEN = """
INSERT INTO tracker.unforeseen SELECT %(ledger)s, unnest(%(ids)s::text[]) ON CONFLICT DO NOTHING
"""


class FilledPart(NamedTuple):
    """Part of an index that was filled: of how many it is new, and its last id; None: all is."""

    added: int
    last: str | None


def fill_outlooks(
    view: PostgresView, rules: str, day: date, foresee: Foresee, after: str
) -> FilledPart:
    """Keep what is foreseen of some indicators of which nothing is, in the order of their ids.

    Args:
        view: inside of a serializable transaction.
        rules: what the rules are called, by which it is foreseen.
        day: from which day on.
        foresee: foresees it for some indicators of a view.
        after: the last id of the part before.
    """
    own = {"ledger": view.own["ledger"], "rules": rules}
    if view.fetch_rows(_IS_OWNER) != [(True,)]:
        return FilledPart(0, None)
    view.connection.execute(_KEEP_BY_RULES, own)
    part = view.list_ids_in_part(after, _AT_A_TIME)
    if not part:
        # The whole index is read for it, which no index of one of its columns makes quicker.
        view.prefer_indexes(is_preferred=False)
        view.connection.execute("SELECT tracker.renew_tallies(%(ledger)s)", own)
        return FilledPart(0, None)
    missing = view.list_without_outlook(rules, day, part)
    outlooks = foresee(view, view.indicators_by_id(missing))
    view.connection.execute(_DELETE_OUTLOOKS, own | {"ids": missing})
    rows = [
        own | {"id": key, "turn": _NO_TURN} | build_outlook_row(outlook)
        for key, outlook in outlooks.items()
        if outlook is not None
    ]
    # Of what is not understood nothing is foreseen either.
    unforeseen = [key for key in missing if outlooks.get(key) is None]
    view.connection.execute(_LIST_UNFORESEEN, own | {"ids": unforeseen})
    if rows:
        names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
        copying = sql.SQL("COPY tracker.outlooks ({}) FROM STDIN").format(names)
        with view.connection.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))
    return FilledPart(len(rows), part[-1])
