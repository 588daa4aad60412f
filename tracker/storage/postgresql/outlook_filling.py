"""Filling of the index of what was foreseen, some indicators at a time."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

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
_INSERT_OUTLOOK = """
INSERT INTO tracker.outlooks (ledger, id, turn, rules, first_days, last_day, last_days, marks,
    gaps, last_gaps, deadline, owed_since, is_led)
VALUES (%(ledger)s, %(id)s, %(turn)s, %(rules)s, %(first_days)s, %(last_day)s, %(last_days)s,
    %(marks)s, %(gaps)s, %(last_gaps)s, %(deadline)s, %(owed_since)s, %(is_led)s)
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
    pairs = view.list_without_outlook(rules, day, after, _AT_A_TIME)
    outlooks = foresee(view, pairs)
    rows = [
        own | {"id": key, "turn": _NO_TURN} | build_outlook_row(outlook)
        for key, outlook in outlooks.items()
        if outlook is not None
    ]
    with view.connection.cursor() as cursor:
        cursor.execute(_DELETE_OUTLOOKS, own | {"ids": list(outlooks)})
        cursor.executemany(_INSERT_OUTLOOK, rows)
    is_last = len(pairs) < _AT_A_TIME
    return FilledPart(len(rows), None if is_last else pairs[-1][1].id)
