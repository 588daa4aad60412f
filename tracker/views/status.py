"""Status screen: counts, what is urgent, due soon and unreported."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.assessment.measurement import round_measured_share
from tracker.assessment.obligations import OwedReports
from tracker.assessment.rollup import roll_up
from tracker.config import LIGHTS
from tracker.ledger.answers import Listing, ReportingStatus
from tracker.locale.translation import _, _n, _p
from tracker.model.assessment import Assessment
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import (
    DUE_KEYS,
    OVERDUE_KEYS,
    build_columns,
    build_view_column,
    tabulate_view_columns,
)
from tracker.views.indicators import tabulate_indicators

# The bar holds a mark at what is expected; a screen is for narrow terminals too.
URGENT_KEYS = OVERDUE_KEYS - {"expected"}
SOON_KEYS = DUE_KEYS - {"expected"}
GROUPS = ("lead", "place", "category", "document")


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


def build_overview(owing: ReportingStatus, limits: StatusLimits) -> Sheet:
    """Build the morning's screen: what there is, by light and state, and what comes first."""
    as_of, most = owing.as_of, limits.most
    active = [item for item in owing.items if item.state == "active"]
    urgent = sorted(
        (item for item in active if item.light in {"red", "yellow"}), key=_rank_status_urgency
    )
    soon = [
        item
        for item in active
        if item.days_left is not None and item.days_left <= limits.due_within
    ]
    soon.sort(key=lambda item: (item.days_left or 0, item.id))
    counts = _count_by_light_and_state(owing, active, soon)
    titles = _list_status_titles(limits.due_within)
    tables = [
        _tabulate_status_lights(as_of, counts),
        _tabulate_status_list(_("most urgent"), Listing(as_of, urgent), most, URGENT_KEYS),
        _tabulate_status_list(_("due soon"), Listing(as_of, soon), most, SOON_KEYS),
        tabulate_status_of_reports(
            _build_status_list_title(_("unreported"), owing.owed, most), as_of, owing.owed[:most]
        ),
    ]
    items = {item.id: item for item in (*urgent[: limits.limit], *soon[: limits.limit])}
    facts: list[tuple[str, Value]] = [(_("as of"), as_of)]
    facts += [
        (titles[key], count)
        for key, count in counts.items()
        if key in _ALWAYS or (count and key in titles)
    ]
    return Sheet(
        title=_p("title", "status"),
        as_of=as_of,
        facts=facts,
        tables=[table for table in tables if table.rows],
        items=[*items.values()],
        beside={"counts": counts, "unreported": owing.owed[: limits.limit]},
    )


def _tabulate_status_list(
    title: str, listing: Listing[list[Assessment]], most: int, keys: frozenset[str]
) -> Table:
    """Build a table of the first indicators of a list, under a title that counts them all."""
    titled = _build_status_list_title(title, listing.items, most)
    return tabulate_indicators(titled, Listing(listing.as_of, listing.items[:most]), keys)


def _build_status_list_title(title: str, rows: Sequence[object], most: int) -> str:
    """Return the title of a list, which says so where there is more than is shown."""
    if len(rows) <= most:
        return title
    return _("{title} ({shown} of {found})").format(title=title, shown=most, found=len(rows))


_ALWAYS = frozenset({"indicators", "met", "overdue", "due_soon", "unreported"})


def _rank_status_urgency(item: Assessment) -> tuple[bool, int, Decimal, str]:
    """Return a key that sorts red first, then the longest overdue, then the worst gap."""
    days_late = (item.days_late or 0) if item.met_on is None else 0
    return item.light != "red", -days_late, item.gap or Decimal(0), item.id


def _count_by_light_and_state(
    owing: ReportingStatus, active: Sequence[Assessment], soon: Sequence[Assessment]
) -> dict[str, int]:
    lights: Counter[str] = Counter(item.light for item in active)
    states = Counter(item.state for item in owing.items)
    together = roll_up(active, owing.as_of)
    return {
        "indicators": len(owing.items),
        "active": len(active),
        **{light: lights[light] for light in LIGHTS},
        "met": together.met,
        "overdue": together.overdue,
        "due_soon": len(soon),
        "unreported": len(owing.owed),
        "suspended": states["suspended"],
        "closed": states["closed"],
        "cancelled": states["cancelled"],
    }


def _list_status_titles(due_within: int) -> dict[str, str]:
    """Return the labels of the counts that people see, by key."""
    return {
        "indicators": _("indicators"),
        "met": _("met"),
        "overdue": _("overdue"),
        "due_soon": _n("due within {days} day", "due within {days} days", due_within).format(
            days=due_within
        ),
        "unreported": _("unreported"),
        "suspended": _("suspended"),
        "closed": _("closed"),
        "cancelled": _("cancelled"),
    }


def _tabulate_status_lights(as_of: date, counts: Mapping[str, int]) -> Table:
    columns = (
        build_view_column("light"),
        Column("count", _("indicators"), "days"),
        build_view_column("share"),
    )
    rows: list[tuple[Value, ...]] = [
        (light, counts[light], _compute_status_share(counts[light], counts["active"]))
        for light in LIGHTS
    ]
    return Table(title=_("lights"), as_of=as_of, columns=columns, rows=rows)


def _compute_status_share(count: int, total: int) -> Decimal | None:
    """Return a count in per cent of the total; None without a total."""
    return round_measured_share(Decimal(100 * count) / total) if total else None


def tabulate_groups(listing: Listing[list[Assessment]], by: str) -> Table:
    """Build a table of how many active indicators each lead, place … has, and how they stand."""
    groups: dict[str | None, list[Assessment]] = {}
    for item in listing.items:
        if item.state == "active":
            groups.setdefault(getattr(item, by), []).append(item)
    rows: list[tuple[Value, ...]] = []
    for name, members in sorted(groups.items(), key=lambda group: (group[0] is None, group[0])):
        counts = roll_up(members, listing.as_of)
        lights: Counter[str] = Counter(item.light for item in members)
        share = _compute_status_share(counts.met, counts.indicators)
        by_light = (lights[light] for light in _COUNTED_LIGHTS)
        rows.append(
            (name, counts.indicators, *by_light, counts.met, counts.overdue, share, counts.light)
        )
    keys = (by, "indicators", *_COUNTED_LIGHTS, "met", "overdue", "share_met", "light")
    columns = build_columns(keys, titles={"light": _("worst light")})
    return Table(title=_p("title", "status"), as_of=listing.as_of, columns=columns, rows=rows)


_COUNTED_LIGHTS = LIGHTS[:3]


def tabulate_status_of_reports(title: str, as_of: date, debts: Sequence[OwedReports]) -> Table:
    """Build a table of who owes reports."""
    brief = {"id", "name", "lead", "owed", "first_owed", "last_report"}
    if len({debt.cycle for debt in debts}) > 1:
        brief.add("cycle")
    return tabulate_view_columns(title, as_of, OwedReports, debts, brief)
