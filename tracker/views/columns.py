"""Columns of lists: the key, title and kind of each, said once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import msgspec
from msgspec import Struct

from tracker.locale.translation import _, later
from tracker.model.assessment import Assessment
from tracker.model.dates import ASSUMED_MARK
from tracker.output.model import Column, Printed, Table, Value

COLUMNS = {
    column.key: column
    for column in (
        # Records
        Column("id", later("id"), "id"),
        Column("initiative", later("initiative")),
        Column("initiative_id", later("initiative id"), "id"),
        Column("name", later("indicator")),
        Column("measure", later("measure"), "word"),
        Column("unit", later("unit")),
        Column("category", later("category")),
        Column("place", later("place")),
        Column("lead", later("lead")),
        Column("document", later("document")),
        Column("state", later("state"), "word"),
        # Assessments
        Column("op", later("op"), "word"),
        Column("target", later("target"), "number"),
        Column("target_high", later("up to"), "number"),
        Column("value", later("value"), "number"),
        Column("value_on", later("reported for"), "day"),
        Column("done", later("done"), "percent", bar=True, expected="expected"),
        Column("expected", later("expected"), "percent"),
        Column("gap", later("gap"), "number"),
        Column("light", later("light"), "light"),
        Column("why", later("why")),
        Column("deadline", later("deadline"), "day"),
        Column("deadline_wording", later("wording")),
        Column("deadline_basis", later("basis"), "word"),
        Column("deadline_loose", later("or by"), "day"),
        Column("days_left", later("days left"), "days"),
        Column("days_late", later("days late"), "days"),
        Column("workdays_late", later("workdays late"), "days"),
        Column("workdays_provisional", later("provisional"), "flag"),
        Column("met_on", later("met on"), "day"),
        Column("last_report", later("last report"), "day"),
        Column("stale", later("stale"), "flag"),
        Column("first_target", later("first target"), "number"),
        Column("first_deadline", later("first deadline"), "day"),
        Column("first_done", later("done of the first"), "percent"),
        Column("first_light", later("light of the first"), "light"),
        Column("value_bound", later("known as"), "word"),
        Column("judged", later("judged"), "confidence"),
        Column("judged_by", later("judged by")),
        Column("judged_on", later("judged on"), "day"),
        Column("judged_why", later("judged why")),
        Column("leads", later("all leads"), "list"),
        Column("commitment", later("commitment"), "word"),
        Column("verdict", later("verdict"), "word"),
        Column("verdict_by", later("verdict by")),
        Column("verdict_on", later("verdict on"), "day"),
        Column("verdict_why", later("verdict why")),
        Column("awaiting_verdict_since", later("awaiting verdict since"), "day"),
        Column("share_of_plan", later("share of plan"), "percent"),
        Column("provisional", later("value provisional"), "flag"),
        Column("kept", later("held"), "flag"),
        Column("person", later("person in charge")),
        Column("recurs", later("comes again every"), "word"),
        Column("cycle_start", later("cycle from"), "day"),
        Column("target_wording", later("target as printed")),
        Column("stretch", later("striven for"), "number"),
        Column("stretch_met", later("striven for and reached"), "flag"),
        Column("after", later("comes after"), "id"),
        Column("part_of", later("part of"), "id"),
        Column("parts", later("parts"), "days"),
        Column("reported_parts", later("reported"), "days"),
        Column("sum", later("sum of the parts"), "number"),
        Column("is_sum", later("value is the sum"), "flag"),
        Column("difference", later("differs from the sum by"), "number"),
        Column("share_of_whole", later("share of the whole"), "percent"),
        Column("approximate", later("about"), "flag"),
        Column("latest_value", later("newest report"), "number"),
        Column("latest_bound", later("newest report known as"), "word"),
        Column("latest_status", later("newest report is"), "word"),
        Column("notes", later("notes")),
        # Reports owed, and pace
        Column("cycle", later("cycle"), "word"),
        Column("owed", later("reports owed"), "days"),
        Column("first_owed", later("owed since"), "day"),
        Column("days_owed", later("days owed"), "days"),
        Column("reports", later("reports"), "days"),
        Column("per_month", later("per month"), "number"),
        Column("needed_per_month", later("needed per month"), "number"),
        Column("met_by", later("met by"), "day"),
        Column("outcome", later("result of the cycle"), "word"),
        # Entries
        Column("indicator", later("indicator"), "id"),
        Column("record", later("record"), "id"),
        Column("on", later("on"), "day"),
        Column("by", later("by")),
        Column("reason", later("reason")),
        Column("wording", later("wording")),
        Column("void", later("taken back")),
        Column("said", later("reported")),
        Column("status", later("status"), "word"),
        Column("note", later("note")),
        Column("evidence", later("evidence"), "list"),
        Column("decision", later("decision")),
        # Initiatives
        Column("outline", later("initiative")),
        Column("depth", later("depth"), "days"),
        Column("parent", later("parent"), "id"),
        Column("kind", later("kind"), "word"),
        Column("tag", later("tag")),
        Column("level", later("level"), "word"),
        # Counts
        Column("indicators", later("indicators"), "days"),
        Column("promises", later("promises"), "days"),
        Column("reported", later("only reported"), "days"),
        Column("visions", later("visions"), "days"),
        Column("projections", later("projections"), "days"),
        Column("active", later("active"), "days"),
        Column("active_promises", later("active promises"), "days"),
        Column("none", later("none"), "days"),
        Column("unreported", later("unreported"), "days"),
        Column("awaiting_verdict", later("awaiting verdict"), "days"),
        Column("verdict_kept", later("found kept"), "days"),
        Column("verdict_partly", later("found partly kept"), "days"),
        Column("verdict_broken", later("found broken"), "days"),
        Column("verdict_unclear", later("found unclear"), "days"),
        Column("suspended", later("suspended"), "days"),
        Column("closed", later("closed"), "days"),
        Column("cancelled", later("cancelled"), "days"),
        Column("closed_unmet", later("closed unmet"), "days"),
        Column("red", later("red"), "days"),
        Column("yellow", later("yellow"), "days"),
        Column("green", later("green"), "days"),
        Column("met", later("met"), "days"),
        Column("due", later("due"), "days"),
        Column("overdue", later("overdue"), "days"),
        Column("overdue_assumed", later("overdue on an assumed day"), "days"),
        Column("stopped", later("stopped"), "days"),
        Column("share", later("of all"), "percent", bar=True),
        Column("share_met", later("share met"), "percent", bar=True),
        # Documents
        Column("published", later("published"), "day"),
        Column("published_basis", later("basis of the day"), "word"),
        Column("title", later("title")),
        Column("publisher", later("publisher")),
        Column("url", later("address")),
        Column("records", later("records"), "days"),
        # History
        Column("seq", later("no."), "days"),
        Column("at", later("at")),
        Column("command", later("command")),
        Column("what", later("what")),
        Column("undoes", later("takes back"), "days"),
        Column("undone_by", later("taken back by"), "days"),
        # Data checks and the working of a light
        Column("check", later("check")),
        Column("sentence", later("finding")),
        Column("input", later("input")),
        Column("source", later("source")),
        # Settings and rights
        Column("key", later("setting"), "id"),
        Column("origin", later("from"), "word"),
        Column("meaning", later("meaning")),
        Column("login", later("login"), "id"),
        Column("role", later("role")),
    )
}
"""Every column of a list, by its key, with its title in English."""

ASSESSMENT_KEYS = Assessment.__struct_fields__
"""Fields of an assessment: JSON and CSV have all of them, in this order."""

_STANDING = ("id", "name", "lead", "target", "value", "done", "expected", "light", "deadline")

SPARE_KEYS = (
    "lead",
    "target",
    "value",
    "state",
    "verdict",
    "judged",
    "gap",
    "done",
    "expected",
    "deadline_wording",
    "deadline_basis",
    "notes",
)
"""Columns that a list leaves out on a narrow terminal, the last of these first."""

LIST_KEYS = frozenset(_STANDING)
BEHIND_KEYS = frozenset((*_STANDING, "gap", "days_late"))
OVERDUE_KEYS = frozenset((*_STANDING, "days_late"))
DUE_KEYS = frozenset((*_STANDING, "days_left"))
RECORD_KEYS = frozenset(
    (*_STANDING, "deadline_wording", "deadline_basis", "why"),
) - {"expected", "lead"}
"""Keys of the columns for people of each list of indicators."""


def build_view_column(key: str, title: str | None = None, *, brief: bool = True) -> Column:
    """Return a column in the language in use; ``title`` replaces its own where a list needs it."""
    column = COLUMNS[key]
    return msgspec.structs.replace(column, title=title or _(column.title), brief=brief)


def build_view_columns(
    keys: Iterable[str],
    brief: Collection[str] | None = None,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Column, ...]:
    """Return columns in the language in use.

    Args:
        keys: their keys, in order.
        brief: the keys of the columns for people; None: all of them.
        titles: the titles that a list needs instead of the usual ones, by key.
    """
    return tuple(
        build_view_column(key, titles.get(key), brief=brief is None or key in brief) for key in keys
    )


def order_view_columns(columns: Iterable[Column], spare: Sequence[str]) -> tuple[Column, ...]:
    """Return columns with the id last; a narrow terminal leaves out ``spare`` ones, first first."""
    return tuple(
        msgspec.structs.replace(
            column,
            spare=len(spare) - spare.index(column.key) if column.key in spare else 0,
            last=column.key == "id",
        )
        for column in columns
    )


def explain_view_column_mark(column: Column, cells: Iterable[Value]) -> Column:
    """Return the column with a title that explains the mark of assumed days, if one is marked."""
    if column.kind != "day" or not any(
        isinstance(cell, Printed) and ASSUMED_MARK in cell.text for cell in cells
    ):
        return column
    title = _("{title} (*assumed)").format(title=column.title)
    return msgspec.structs.replace(column, title=title)


def tabulate_view_columns(
    title: str,
    as_of: date,
    kind: type[Struct],
    records: Sequence[Struct],
    brief: Collection[str] | None = None,
) -> Table:
    """Build a table with a row for each record and a column for each field of their kind."""
    rows: list[tuple[Value, ...]] = [msgspec.structs.astuple(record) for record in records]
    columns = build_view_columns(kind.__struct_fields__, brief)
    return Table(title=title, as_of=as_of, columns=columns, rows=rows, items=records)
