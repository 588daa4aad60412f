"""Index of what was foreseen of the indicators in the database: counts and first rows in SQL."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from tracker.model.outlooks import ForeseenOrder, ForeseenWanted, Outlook
from tracker.storage.outlooks import FEW_UNFORESEEN, GAP_MARGIN, MOST_UNFORESEEN

_TODAY = """
SELECT id, deadline, owed_since, is_led, marks[nth] AS mark,
    CASE WHEN last_gaps[nth] <> gaps[nth] THEN
        gaps[nth] + (last_gaps[nth] - gaps[nth]) * (%(day)s::date - first_days[nth])
        / (last_days[nth] - first_days[nth])
    ELSE gaps[nth] END AS gap,
    CASE WHEN last_gaps[nth] = gaps[nth] THEN 0 ELSE %(error)s::double precision END AS error
FROM (
    SELECT *, width_bucket(%(day)s::date, first_days) AS nth FROM tracker.outlooks
    WHERE ledger = %(ledger)s AND rules = %(rules)s
        AND %(day)s::date BETWEEN first_days[1] AND last_day
) o
"""
"""How each indicator of which it was foreseen stands on a day; a gap on its way has an error."""

GAP_ERROR = GAP_MARGIN / 2
"""Points by which the gap of an index may be wrong between two days."""

GROUPS_OF_OUTLOOKS = """
SELECT marks[width_bucket(%(day)s::date, first_days)], is_led,
    gaps[width_bucket(%(day)s::date, first_days)] IS NOT NULL, deadline, count(*)
FROM tracker.outlooks
WHERE ledger = %(ledger)s AND rules = %(rules)s
    AND %(day)s::date BETWEEN first_days[1] AND last_day
GROUP BY 1, 2, 3, 4
"""

COUNT_OF_INDICATORS = "SELECT count(*) FROM tracker.indicators WHERE ledger = %(ledger)s"

WITHOUT_OUTLOOK = """
NOT EXISTS (
    SELECT FROM tracker.outlooks o WHERE o.ledger = x.ledger AND o.id = x.id
        AND o.rules = %(rules)s AND %(day)s::date BETWEEN o.first_days[1] AND o.last_day
)
"""
"""The condition on an indicator of which nothing was foreseen for a day."""

_IN_ORDER: Mapping[ForeseenOrder, str] = {
    "deadline": "SELECT id, gap, deadline, owed_since FROM fitting ORDER BY deadline, id",
    "owed": "SELECT id, gap, deadline, owed_since FROM fitting ORDER BY owed_since, id",
}
"""Orders that are those of an index."""

_POOLS: Mapping[ForeseenOrder, str] = {
    "gap": "SELECT *, 0 AS distance FROM fitting",
    # As many days before and after as it takes; both ways are short in an index.
    "nearest": """
        SELECT *, abs(deadline - %(day)s::date) AS distance FROM fitting
        WHERE deadline BETWEEN greatest(%(day)s::date - (SELECT days FROM reach), '0001-01-01')
            AND least(%(day)s::date + (SELECT days FROM reach), '9999-12-31')
        UNION ALL SELECT *, 9999999 FROM fitting
        WHERE deadline IS NULL AND (SELECT count FROM reach) < %(limit)s
    """,
}
"""What the first ones are chosen of."""

_REACH = """
reach AS (
    SELECT max(days) AS days, count(*) AS count FROM (
        SELECT abs(deadline - %(day)s::date) AS days FROM (
            (SELECT deadline FROM fitting WHERE deadline <= %(day)s
                ORDER BY deadline DESC LIMIT %(limit)s)
            UNION ALL
            (SELECT deadline FROM fitting WHERE deadline > %(day)s
                ORDER BY deadline LIMIT %(limit)s)
        ) ways ORDER BY days LIMIT %(limit)s
    ) nearest
)
"""
"""How many days away from the day there are enough."""

_CHOSEN = """
SELECT id, gap, deadline, owed_since FROM first
UNION SELECT p.id, p.gap, p.deadline, p.owed_since
FROM pool p, (SELECT distance, most FROM first ORDER BY distance DESC, most DESC LIMIT 1) l
WHERE p.distance = l.distance AND p.most - 2 * p.error < l.most
"""
"""The first ones, and those whose gap may be worse than that of the last of them."""


class OutlookGroup(NamedTuple):
    """Indicators with one mark and deadline, counted: a row of ``GROUPS_OF_OUTLOOKS``."""

    mark: int
    is_led: bool
    has_gap: bool
    deadline: date | None
    members: int


def are_outlooks_worth_reading(foreseen: int, indicators: int) -> bool:
    """Tell whether so much was foreseen that it is cheaper than to judge everything."""
    return indicators - foreseen <= max(MOST_UNFORESEEN * indicators, FEW_UNFORESEEN)


def compose_outlook_ranking(wanted: ForeseenWanted, order: ForeseenOrder) -> str:
    """Return the query for the first ones in an order: id, gap, deadline and debt of each.

    With them come those that may belong among them.

    Its values are day, rules, marks, other_marks, due_by and limit.
    """
    conditions = ["mark & %(marks)s = %(marks)s", "mark & %(other_marks)s = 0"]
    if wanted.is_led is not None:
        conditions.append("is_led" if wanted.is_led else "NOT is_led")
    if wanted.has_gap is not None:
        conditions.append("gap IS NOT NULL" if wanted.has_gap else "gap IS NULL")
    if wanted.due_by is not None:
        conditions.append("deadline <= %(due_by)s")
    # Each mention of it is planned by itself, for an index of its own.
    fitting = f"""
        fitting AS NOT MATERIALIZED (
            SELECT *, coalesce(gap, 0) + error AS most FROM ({_TODAY}) t
            WHERE {" AND ".join(conditions)}
        )
    """  # noqa: S608  # ours
    if order in _IN_ORDER:
        return f"WITH {fitting} {_IN_ORDER[order]} LIMIT %(limit)s"
    return f"""
        WITH {fitting}, {_REACH}, pool AS ({_POOLS[order]}), first AS (
            SELECT * FROM pool ORDER BY distance, most, id LIMIT %(limit)s
        ) {_CHOSEN}
    """  # noqa: S608  # ours


def matches_outlook_group(wanted: ForeseenWanted, group: OutlookGroup) -> bool:
    """Tell whether the indicators of a group are among the wanted ones."""
    return (
        group.mark & wanted.marks == wanted.marks
        and not group.mark & wanted.other_marks
        and wanted.is_led in {None, group.is_led}
        and wanted.has_gap in {None, group.has_gap}
        and (
            wanted.due_by is None
            or (group.deadline is not None and group.deadline <= wanted.due_by)
        )
    )


def build_outlook_row(outlook: Outlook) -> dict[str, Any]:
    """Return the columns of a row that hold what is foreseen of an indicator."""
    spans = outlook.spans

    def list_column(name: str) -> Sequence[Any]:
        return [getattr(span, name) for span in spans]

    return {
        "first_days": list_column("first"),
        "last_day": spans[-1].last,
        "last_days": list_column("last"),
        "marks": list_column("mark"),
        "gaps": list_column("gap"),
        "last_gaps": list_column("last_gap"),
        "deadline": outlook.deadline,
        "owed_since": outlook.owed_since,
        "is_led": outlook.is_led,
    }
