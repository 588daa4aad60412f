"""Status screen: counts, what is urgent, due soon and unreported."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tracker.assessment.measurement import round_measured_share
from tracker.assessment.obligations import OwedReports
from tracker.assessment.promises import is_promise_due
from tracker.assessment.rollup import (
    COUNTED,
    SHOWN_IF_ANY,
    Rollup,
    group_for_rollup,
    roll_up,
    sum_rollup_marks,
)
from tracker.config import LIGHTS
from tracker.ledger.answers import Listing, ReportingStatus, Standing, StatusCounts
from tracker.locale.translation import _, _n, _p
from tracker.model.assessment import Assessment
from tracker.model.effective import list_sources_in_effect
from tracker.model.leads import choose_filtered_leads, find_responsible_lead, split_leads
from tracker.model.records import Indicator, Initiative
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import (
    COLUMNS,
    DUE_KEYS,
    OVERDUE_KEYS,
    build_view_column,
    build_view_columns,
    order_view_columns,
    tabulate_view_columns,
)
from tracker.views.indicators import tabulate_indicators
from tracker.views.urgency import rank_by_urgency
from tracker.views.wording import word_name_in_list

if TYPE_CHECKING:
    from tracker.model.outlooks import CountedIndicators

# The bar holds a mark at what is expected; a screen is for narrow terminals too.
URGENT_KEYS = OVERDUE_KEYS - {"expected"}
SOON_KEYS = DUE_KEYS - {"expected"}


class StatusLimits(NamedTuple):
    """Limits of what the status screen shows.

    Attributes:
        due_within: days that "due soon" looks ahead.
        most: rows of each list that people see.
        limit: what programs get of each list; None: all of it.
    """

    due_within: int
    most: int
    limit: int | None = None


def build_status_overview(owing: ReportingStatus, limits: StatusLimits) -> Sheet:
    """Build the morning's screen: what there is, by light and state, and what comes first."""
    as_of, most = owing.as_of, limits.most
    active = [item for item in owing.items if item.state == "active"]
    open_ones = [item for item in active if item.verdict is None]
    urgent = [item for item in open_ones if item.light in {"red", "yellow"}]
    urgent.sort(key=lambda item: rank_by_urgency(item, as_of))
    debts = sorted(owing.owed, key=lambda debt: not debt.leads)
    soon = _list_status_due_soon(active, limits.due_within)
    owing_ids = {each.id for each in owing.owed}
    found = owing.counts or StatusCounts(
        roll_up(owing.items, as_of, owing_ids), len(urgent), len(soon)
    )
    counts = list_status_counts(found.all, {"due_soon": found.due_soon})
    tables = [
        _tabulate_status_lights(as_of, counts),
        *_tabulate_status_lists(found, Listing(as_of, urgent), Listing(as_of, soon), debts, most),
    ]
    items = {item.id: item for item in (*urgent[: limits.limit], *soon[: limits.limit])}
    due_soon = _n("due within {days} day", "due within {days} days", limits.due_within)
    titles = {"due_soon": due_soon.format(days=limits.due_within)}
    facts = [(_("as of"), as_of), *list_status_count_facts(counts, titles)]
    return Sheet(
        title=_p("title", "status"),
        as_of=as_of,
        facts=facts,
        tables=[table for table in tables if table.rows],
        items=[*items.values()],
        beside=_list_beside_status(owing, counts, limits.limit),
        finding=partial(_find_status_standing, owing),
    )


def _tabulate_status_lists(
    found: StatusCounts,
    urgent: Listing[list[Assessment]],
    soon: Listing[list[Assessment]],
    debts: Sequence[OwedReports],
    most: int,
) -> Iterator[Table]:
    """Yield a table of the first rows of each list of the screen."""
    for name, count, listing, keys in (
        (_("most urgent"), found.urgent, urgent, URGENT_KEYS),
        (_("due soon"), found.due_soon, soon, SOON_KEYS),
    ):
        title = build_status_list_title(name, count, most)
        yield tabulate_indicators(title, Listing(listing.as_of, listing.items[:most]), keys)
    title = build_status_list_title(_("unreported"), found.all.unreported, most)
    yield tabulate_status_of_reports(title, urgent.as_of, debts[:most])


def _find_status_standing(owing: ReportingStatus) -> list[str]:
    """Return the sentences that a page of the status begins with."""
    from tracker.views.findings import describe_finding_of_standing

    return describe_finding_of_standing(owing.items, owing.as_of)


def _list_status_due_soon(items: Iterable[Assessment], within: int) -> list[Assessment]:
    """Return the promises that are due within so many days, the nearest first."""
    soon = [item for item in items if is_promise_due(item) and (item.days_left or 0) <= within]
    return sorted(soon, key=lambda item: (item.days_left or 0, item.id))


def _list_beside_status(
    owing: ReportingStatus, counts: Mapping[str, int], limit: int | None
) -> dict[str, object]:
    """Return what stands beside the items of the screen in JSON."""
    return {"counts": counts, "unreported": owing.owed[:limit], "left_out": owing.left_out}


def build_status_list_title(title: str, count: int, most: int) -> str:
    """Return the title of a list, which says so where there is more than is shown."""
    if count <= most:
        return title
    return _("{title} ({shown} of {found})").format(title=title, shown=most, found=count)


def list_status_counts(
    counts: Rollup, extra: Mapping[str, int] = MappingProxyType({})
) -> dict[str, int]:
    """Return counts by key, in the order of screens; ``extra`` ones come after the overdue."""
    named = {key: getattr(counts, key) for key in COUNTED}
    at = COUNTED.index("overdue_assumed") + 1
    return {**{key: named[key] for key in COUNTED[:at]}, **extra, **named}


def list_status_count_facts(
    counts: Mapping[str, int], titles: Mapping[str, str] = MappingProxyType({})
) -> list[tuple[str, Value]]:
    """Return the counts that people see, each with its title.

    Those by light stand in a table of their own.
    """
    return [
        (titles.get(key) or find_title_of_status_count(key), count)
        for key, count in counts.items()
        if key not in LIGHTS and is_shown_in_status(key, count)
    ]


def find_title_of_status_count(key: str) -> str:
    """Return what people call a count."""
    return _(COLUMNS[key].title)


def is_shown_in_status(key: str, count: int) -> bool:
    """Return whether people see a count: always, or where there is something to count."""
    if key in {"active", "active_promises"}:
        return False
    return key in LIGHTS or count > 0 or key not in SHOWN_IF_ANY


def _tabulate_status_lights(as_of: date, counts: Mapping[str, int]) -> Table:
    columns = (
        build_view_column("light"),
        Column("count", _("active promises"), "days"),
        build_view_column("share"),
    )
    rows: list[tuple[Value, ...]] = [
        (light, counts[light], _compute_status_share(counts[light], counts["active_promises"]))
        for light in LIGHTS
    ]
    return Table(title=_("lights"), as_of=as_of, columns=columns, rows=rows)


def _compute_status_share(count: int, total: int) -> Decimal | None:
    """Return a count in per cent of the total; None without a total."""
    return round_measured_share(Decimal(100 * count) / total) if total else None


def tabulate_status_groups(
    standing: Standing, by: str, wanted_leads: str | Iterable[str] | None = None
) -> Table:
    """Build a table of how many indicators each lead, place … has, and how they stand.

    Where an indicator stands in several groups each counts it; ``beside`` counts it once.

    Args:
        standing: the indicators, in parts that are in the same groups.
        by: one of ``GROUPS``.
        wanted_leads: the leads that a filter asks for.
    """

    def names_of(part: "CountedIndicators") -> Sequence[str]:
        names = GROUPS[by](part.initiative, part.indicator)
        return choose_filtered_leads(names, wanted_leads) if by == "lead" else names

    day = standing.as_of
    groups = group_for_rollup(standing.parts, names_of)
    rows: list[tuple[Value, ...]] = []
    for name, members in sorted(groups.items(), key=lambda group: (group[0] is None, group[0])):
        counts = _count_status_parts(members)
        share = _compute_status_share(counts.met, counts.promises)
        named = (getattr(counts, key) for key in _GROUP_COUNTS)
        rows.append((name, *named, share, counts.light))
    head = list_status_counts(_count_status_parts(standing.parts))
    keys = (by, *_GROUP_COUNTS, "share_met", "light")
    shown = {by, "share_met", "light", *_SHOWN_OF_GROUPS}
    shown |= {key for key in _GROUP_COUNTS_IF_ANY if head[key]}
    columns = build_view_columns(keys, shown, titles={"light": _("worst light")})
    beside = {
        "counts": head,
        "in_several_groups": sum(
            part.number for part in standing.parts if len(set(names_of(part))) > 1
        ),
        "left_out": standing.left_out,
    }
    title = _("status by {group}").format(group=columns[0].title)
    return Table(title=title, as_of=day, columns=columns, rows=rows, beside=beside)


def build_head_of_status_groups(table: Table) -> Sheet:
    """Build what people read above the counts by group: everything counted once."""
    counts, several = table.beside["counts"], table.beside["in_several_groups"]
    facts = [(_("as of"), table.as_of), *list_status_count_facts(counts)]
    if several:
        facts.append((_("in several groups"), several))
    return Sheet(title=table.title, as_of=table.as_of, facts=facts, beside=table.beside)


def _count_status_parts(parts: "Iterable[CountedIndicators]") -> Rollup:
    marks: Counter[int] = Counter()
    for part in parts:
        marks[part.mark] += part.number
    return sum_rollup_marks(marks)


def _list_status_documents(initiative: Initiative, indicator: Indicator) -> list[str]:
    """Return the documents that a promise stands in: its own, else those of its initiative."""
    sources = list_sources_in_effect(initiative, indicator)
    return [*dict.fromkeys(source.document for source in sources)]


GROUPS: Mapping[str, Callable[[Initiative, Indicator], list[str]]] = {
    "lead": lambda owner, own: split_leads(find_responsible_lead(owner, own)),
    "place": lambda owner, _own: _list_status_if_any(owner.place),
    "category": lambda owner, _own: _list_status_if_any(owner.category),
    "document": _list_status_documents,
    "level": lambda owner, _own: _list_status_if_any(owner.level),
    "tag": lambda owner, _own: [*dict.fromkeys(owner.tags)],
    "kind": lambda owner, _own: [owner.kind],
    "parent": lambda owner, _own: _list_status_if_any(owner.parent),
}
"""What indicators can be counted by, and the groups that one of them stands in."""


def _list_status_if_any(name: str | None) -> list[str]:
    return [] if name is None else [name]


_SHOWN_OF_GROUPS = (
    "indicators",
    "promises",
    "red",
    "yellow",
    "green",
    "met",
    "overdue",
    "unreported",
)
_GROUP_COUNTS_IF_ANY = (
    "overdue_assumed",
    "kept",
    "awaiting_verdict",
    "verdict_kept",
    "verdict_partly",
    "verdict_broken",
    "verdict_unclear",
)
_GROUP_COUNTS = (
    *_SHOWN_OF_GROUPS,
    *_GROUP_COUNTS_IF_ANY,
    "reported",
    "visions",
    "projections",
    "none",
    "active",
    "active_promises",
    "suspended",
    "closed",
    "cancelled",
)


def tabulate_status_of_unreported(owing: ReportingStatus) -> Table:
    """Build the list of who owes reports."""
    table = tabulate_status_of_reports(_("unreported"), owing.as_of, owing.owed)
    table.beside = {"left_out": owing.left_out}
    return table


def tabulate_status_of_reports(title: str, as_of: date, debts: Sequence[OwedReports]) -> Table:
    """Build a table of who owes reports."""
    brief = {"id", "name", "lead", "owed", "first_owed", "last_report"}
    if len({debt.cycle for debt in debts}) > 1:
        brief.add("cycle")
    table = tabulate_view_columns(title, as_of, OwedReports, debts, brief)
    at = OwedReports.__struct_fields__.index("name")
    table.rows = [
        (*row[:at], word_name_in_list(debt.initiative, debt.name), *row[at + 1 :])
        for row, debt in zip(table.rows, debts, strict=True)
    ]
    table.columns = order_view_columns(table.columns, ("id",))
    return table
