"""Index of what was foreseen of the indicators in the database: counts and first rows in SQL."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from tracker.model.filters import Filter
from tracker.model.outlooks import (
    CountedIndicators,
    ForeseenOrder,
    ForeseenWanted,
    Outlook,
    is_mark_wanted,
)
from tracker.model.records import Indicator, Initiative, Source
from tracker.model.vocabulary import Kind, Level
from tracker.storage.outlooks import (
    FEW_UNFORESEEN,
    GAP_MARGIN,
    MOST_UNFORESEEN,
    is_deadline_wanted,
)

_TODAY = """
SELECT id, deadline, owed_since, is_led, least_gap, marks[nth] AS mark,
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

TALLIES = """
SELECT mark, is_led, has_gap, deadline, sum(number)::integer FROM tracker.tallies
WHERE ledger = %(ledger)s AND rules IN (%(rules)s, '') AND day <= %(day)s
GROUP BY 1, 2, 3, 4 HAVING sum(number) <> 0
"""
"""How many indicators stand in which way on a day; those without a mark are all there are."""

CHOOSE_OWNERS = """
SELECT set_config('tracker.chosen', coalesce(string_agg(i.id, E'\\n'), ''), true) IS NULL
FROM tracker.initiatives i WHERE i.ledger = %(ledger)s {}
"""
"""Notes in the transaction which initiatives meet some conditions.

There may be very many: queries that name them are sent and planned with none of their ids.
"""

_CHOSEN_OWNERS = "SELECT unnest(string_to_array(current_setting('tracker.chosen'), E'\\n'))"

# Within an expression they are looked up one by one, in the order of an index.
_OF_CHOSEN = f"coalesce(split_part(t.id, '.', 1) IN ({_CHOSEN_OWNERS}), false)"

_STANDING = """
SELECT o.id, {own} AS own, is_led, deadline, marks[width_bucket(%(day)s::date, first_days)] AS mark,
    gaps[width_bucket(%(day)s::date, first_days)] IS NOT NULL AS has_gap
FROM tracker.outlooks o
WHERE o.ledger = %(ledger)s AND rules = %(rules)s
    AND %(day)s::date BETWEEN first_days[1] AND last_day AND {is_fit} {of_part}
"""
"""How each indicator of which it was foreseen stands on a day, if its deadline fits."""

_SOON = "count(*) FILTER (WHERE deadline <= %(soon)s)::integer"

_SHARED_CONTENT = """
SELECT i.id, CASE WHEN position('\\u0000' IN i.line) = 0
    THEN json_build_object({shared})::text END AS content,
    i.id || '.' AS first, i.id || '/' AS beyond, row_number() OVER () AS nth
FROM tracker.initiatives i WHERE i.ledger = %(ledger)s
"""

_COUNTED = """
WITH shared AS MATERIALIZED ({shared}), counted AS (
    SELECT split_part(id, '.', 1) AS owner, own, mark, count(*) AS number, {soon} AS soon
    FROM ({standing}) s GROUP BY 1, 2, 3
)
SELECT s.content, c.own, c.mark, NULL, NULL, NULL, sum(c.number)::integer, sum(c.soon)::integer
FROM counted c JOIN shared s ON s.id = c.owner
GROUP BY 1, 2, 3
"""
"""The indicators of which it was foreseen, counted by what they have in common.

They are counted for each initiative first, whose line is read once.
"""

_COUNTED_OF_PART = """
WITH shared AS MATERIALIZED ({shared}), counted AS MATERIALIZED (
    SELECT s.nth, o.own, o.mark, o.is_led, o.has_gap, o.deadline, count(*) AS number, {soon} AS soon
    FROM shared s CROSS JOIN LATERAL ({standing}) o
    GROUP BY GROUPING SETS ((s.nth, o.own, o.mark), (o.mark, o.is_led, o.has_gap, o.deadline))
)
SELECT s.content, c.own, c.mark, NULL, NULL, NULL::date,
    sum(c.number)::integer, sum(c.soon)::integer
FROM counted c JOIN shared s ON s.nth = c.nth GROUP BY 1, 2, 3
UNION ALL SELECT NULL, NULL, mark, is_led, has_gap, deadline, number::integer, soon
FROM counted WHERE nth IS NULL
"""
"""Those of some initiatives, counted likewise, and how many of them stand in which way.

For somebody who is not the owner the server follows an index only with what it compares alone,
so that the ends of a range are made before.
"""

_IS_DEADLINE_FIT = """
(coalesce(deadline <= %(due_before)s, %(due_before)s::date IS NULL)
AND coalesce(deadline >= %(due_after)s, %(due_after)s::date IS NULL))
"""

_SHARED: Mapping[str, tuple[str, ...]] = {
    "place": ("place",),
    "lead": ("lead", "support"),
    "person": ("person", "lead"),
    "category": ("category",),
    "kind": ("kind",),
    "level": ("level",),
    "tag": ("tags",),
    "parent": ("parent",),
}
"""What stands in the line of an initiative of the fields that indicators are counted by."""

_SHARED_FIELD = """'{0}', CASE WHEN position('"{0}":' IN i.line) > 0 THEN {1} END"""
_IN_LINE = "i.line::json -> '{}'"
_IN_COLUMNS = {"lead": "to_json(i.lead)"}
"""Where a field stands in a column of its own."""

_OWN: Mapping[str, tuple[str, ...]] = {
    "lead": ("lead", "support"),
    "person": ("person", "lead"),
    "document": ("source",),
}
"""What an indicator may have of its own of these fields."""

MOST_JUDGED = 5000
"""Indicators that are judged in about a second."""

COUNT_OF_ALL = """
SELECT count(*) FROM (
    SELECT FROM tracker.indicators x WHERE x.ledger = %(ledger)s LIMIT %(most)s
) f
"""
COUNT_OF_CHOSEN = COUNT_OF_ALL.replace(" LIMIT", f" AND x.owner IN ({_CHOSEN_OWNERS}) LIMIT")
"""How many indicators there are of the chosen initiatives, at the most."""

LISTED_UNFORESEEN = """
SELECT u.id FROM tracker.unforeseen u
JOIN tracker.indicators x ON x.ledger = u.ledger AND x.id = u.id
WHERE u.ledger = %(ledger)s
UNION SELECT o.id FROM tracker.outlooks o
WHERE o.ledger = %(ledger)s AND o.rules = %(rules)s AND o.last_day < %(day)s
"""
"""The ids of the indicators of which nothing was foreseen, where these rules foresee."""

_IS_FORESEEN = """
o.ledger = %(ledger)s AND o.rules = %(rules)s
    AND %(day)s::date BETWEEN o.first_days[1] AND o.last_day
"""

WITHOUT_OUTLOOK = (
    f"NOT EXISTS (SELECT FROM tracker.outlooks o WHERE {_IS_FORESEEN} AND o.id = x.id)"  # ours
)
"""The condition on an indicator of which nothing was foreseen for a day."""

WHOLE_OUTLOOKS_OF_PART = f"""
SELECT o.id FROM tracker.outlooks o
WHERE {_IS_FORESEEN} AND o.id BETWEEN %(first)s AND %(last)s AND o.least_gap IS NOT NULL
"""  # noqa: S608  # ours
"""Ids between two whose outlook holds on the day and says what they are counted by."""

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

_WORST_POOL = """
    SELECT *, 0 AS distance FROM fitting
    WHERE (least_gap, id) <= ((SELECT most FROM reach), (SELECT id FROM reach))
    UNION ALL SELECT *, 0 FROM fitting WHERE least_gap IS NULL
"""
"""What the worst ones are chosen of: all that may ever be as bad as the last of enough of them."""

_WORST_REACH = """
reach AS (
    SELECT most, id FROM (
        SELECT most, id FROM (
            SELECT most, id FROM fitting ORDER BY least_gap, id LIMIT 50 * %(limit)s
        ) likely ORDER BY most, id LIMIT %(limit)s
    ) worst ORDER BY most DESC, id DESC LIMIT 1
)
"""
"""The last of as many as are wanted, of some that have or will have the worst gaps."""

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
UNION SELECT id, gap, deadline, owed_since FROM pool
WHERE distance = (SELECT max(distance) FROM first) AND most - 2 * error < (
    SELECT most FROM first ORDER BY distance DESC, most DESC LIMIT 1
)
"""
"""The first ones, and those whose gap may be worse than that of the last of them."""


class OutlookGroup(NamedTuple):
    """Indicators with one mark and deadline, counted: a row of ``TALLIES``."""

    mark: int
    is_led: bool
    has_gap: bool
    deadline: date | None
    members: int


def are_outlooks_worth_reading(foreseen: int, indicators: int) -> bool:
    """Tell whether so much was foreseen that it is cheaper than to judge everything."""
    return indicators - foreseen <= max(MOST_UNFORESEEN * indicators, FEW_UNFORESEEN)


class _Shared(Struct):
    """What is counted by in the line of an initiative."""

    place: str | None = None
    lead: str | None = None
    support: list[str] | None = None
    person: str | None = None
    category: str | None = None
    kind: Kind | None = None
    level: Level | None = None
    tags: list[str] | None = None
    parent: str | None = None
    cites: list[str] | None = None


class _Own(Struct):
    """What is counted by in the line of an indicator; ``source`` is the id of a document."""

    lead: str | None = None
    support: list[str] | None = None
    person: str | None = None
    source: str | None = None


def compose_outlook_counts(fields: Collection[str], *, are_chosen: bool) -> str:
    """Return the query for how many indicators have the same of some fields and the same mark.

    Its values are day, rules, soon, due_before and due_after. Its rows are those of
    ``read_counted_outlooks``; of chosen initiatives also those of ``OutlookGroup``.

    Args:
        fields: the fields.
        are_chosen: whether only the initiatives count that were chosen (``CHOOSE_OWNERS``).
    """
    names = sorted({name for field in fields for name in _SHARED.get(field, ())})
    # Most lines have few of these fields, and what is not there need not be looked for as JSON.
    shared = [
        _SHARED_FIELD.format(name, _IN_COLUMNS.get(name, _IN_LINE.format(name))) for name in names
    ]
    if "document" in fields:
        shared.append("'cites', to_json(coalesce(i.cites, tracker.list_citations(i.line)))")
    own = sorted({name for field in fields for name in _OWN.get(field, ())})
    has_own = " OR ".join(f"""position('"{name}":' IN own) > 0""" for name in own) or "false"
    content = _SHARED_CONTENT.format(shared=", ".join(shared))
    return (_COUNTED_OF_PART if are_chosen else _COUNTED).format(
        shared=f"{content} AND i.id IN ({_CHOSEN_OWNERS})" if are_chosen else content,
        standing=_STANDING.format(
            own=f"CASE WHEN {has_own} THEN own WHEN own IS NOT NULL THEN '{{}}' END",
            is_fit=_IS_DEADLINE_FIT,
            of_part="AND o.id > s.first AND o.id < s.beyond" if are_chosen else "",
        ),
        soon=_SOON,
    )


def read_counted_outlooks(
    rows: Iterable[tuple[str | None, str | None, int, int, int]],
) -> list[CountedIndicators] | None:
    """Return what was counted.

    Args:
        rows: what their initiatives have in common, what the indicators have, their mark, how
            many they are, and how many of them are due soon.

    Returns:
        None where something is not known that they are counted by.
    """

    @cache
    def read_shared(line: str) -> Initiative:
        shared = msgspec.json.decode(line, type=_Shared)
        fields = {key: value for key, value in asdict(shared).items() if value is not None}
        sources = [Source(document=document) for document in fields.pop("cites", ())]
        return Initiative(id="", name="", sources=sources, **fields)

    @cache
    def read_own(line: str) -> Indicator:
        own = msgspec.json.decode(line, type=_Own)
        source = None if own.source is None else Source(document=own.source)
        support = own.support or []
        return Indicator(
            id="", name="", lead=own.lead, support=support, person=own.person, source=source
        )

    counted = []
    for shared, own, *numbers in rows:
        if shared is None or own is None:
            return None
        counted.append(CountedIndicators(read_shared(shared), read_own(own), *numbers))
    return counted


def compose_outlook_ranking(
    wanted: ForeseenWanted, order: ForeseenOrder, *, are_chosen: bool = False
) -> str:
    """Return the query for the first ones in an order: id, gap, deadline and debt of each.

    With them come those that may belong among them.

    Its values are day, rules, marks, one_of, other_marks, due_from, due_by and limit; with a
    filter also among.

    Args:
        wanted: what is asked for.
        order: the order.
        are_chosen: whether only the initiatives count that were chosen (``CHOOSE_OWNERS``).
    """
    conditions = _list_outlook_conditions(wanted, are_chosen=are_chosen)
    # Each mention of it is planned by itself, for an index of its own.
    fitting = f"""
        fitting AS NOT MATERIALIZED (
            SELECT *, coalesce(gap, 0) + error AS most FROM ({_TODAY}) t
            WHERE {" AND ".join(conditions)}
        )
    """  # noqa: S608  # ours
    if order in _IN_ORDER:
        return f"WITH {fitting} {_IN_ORDER[order]} LIMIT %(limit)s"
    reach, pool = _REACH, _POOLS[order]
    if order == "gap" and is_outlook_order_indexed(wanted, order):
        reach, pool = _WORST_REACH, _WORST_POOL
    return f"""
        WITH {fitting}, {reach}, pool AS ({pool}), first AS (
            SELECT * FROM pool ORDER BY distance, most, id LIMIT %(limit)s
        ) {_CHOSEN}
    """  # noqa: S608  # ours


def _list_outlook_conditions(wanted: ForeseenWanted, *, are_chosen: bool) -> list[str]:
    """Return the conditions in SQL that what is wanted meets on the day."""
    conditions = ["mark & %(marks)s = %(marks)s", "mark & %(other_marks)s = 0"]
    if wanted.one_of:
        conditions.append("mark & %(one_of)s <> 0")
    if wanted.where is not None:
        conditions.append("mark = ANY(%(among)s)")
        if are_chosen:
            conditions.append(_OF_CHOSEN)
    if wanted.is_led is not None:
        conditions.append("is_led" if wanted.is_led else "NOT is_led")
    if wanted.has_gap is not None:
        conditions.append("gap IS NOT NULL" if wanted.has_gap else "gap IS NULL")
    if wanted.due_by is not None:
        conditions.append("deadline <= %(due_by)s")
    if wanted.due_from is not None:
        conditions.append("deadline >= %(due_from)s")
    return conditions


def is_outlook_order_indexed(wanted: ForeseenWanted, order: ForeseenOrder) -> bool:
    """Tell whether the first ones in an order are found by an index.

    The worst gaps are, but not those of a part, which may be far from one another in it.
    """
    return order != "gap" or (wanted.has_gap is True and wanted.where is None)


def count_outlook_groups(
    groups: Iterable[OutlookGroup], where: Filter, soon: date | None
) -> list[CountedIndicators]:
    """Return how many indicators whose deadline fits have each mark, whatever else they have."""
    by_then = ForeseenWanted(due_by=soon or date.min)
    wanted = ForeseenWanted(due_from=where.due_after, due_by=where.due_before)
    nobody = Initiative(id="", name=""), Indicator(id="", name="")
    return [
        CountedIndicators(
            *nobody,
            group.mark,
            group.members,
            group.members if is_deadline_wanted(by_then, group.deadline) else 0,
        )
        for group in groups
        if is_deadline_wanted(wanted, group.deadline)
    ]


def matches_outlook_group(wanted: ForeseenWanted, group: OutlookGroup) -> bool:
    """Tell whether the indicators of a group are among the wanted ones."""
    return (
        (wanted.where is None or group.mark in wanted.among)
        and is_mark_wanted(wanted, group.mark)
        and wanted.is_led in {None, group.is_led}
        and wanted.has_gap in {None, group.has_gap}
        and is_deadline_wanted(wanted, group.deadline)
    )


def narrow_wanted_deadlines(
    groups: Iterable[OutlookGroup],
    wanted: ForeseenWanted,
    order: ForeseenOrder,
    day: date,
    limit: int,
) -> ForeseenWanted:
    """Return what is wanted with the deadlines that the first so many of some groups have.

    It stays as it is where the order is another one, or where there are too few deadlines.
    """
    found = Counter[date]()
    for group in groups:
        if group.deadline is not None:
            found[group.deadline] += group.members
    if order not in {"deadline", "nearest"} or not 0 < limit <= found.total():
        return wanted

    def measure_rank(deadline: date) -> int:
        return (deadline - day).days if order == "deadline" else abs((deadline - day).days)

    members, last = 0, 0
    for deadline in sorted(found, key=measure_rank):
        if members >= limit and measure_rank(deadline) > last:
            break
        members, last = members + found[deadline], measure_rank(deadline)
    first = [deadline for deadline in found if measure_rank(deadline) <= last]
    return msgspec.structs.replace(wanted, due_from=min(first), due_by=max(first))


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
