"""The status screen."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.assessment.measurement import rounded
from tracker.assessment.obligations import Owed
from tracker.assessment.rollup import Rollup, rollup
from tracker.config import LIGHTS
from tracker.ledger.answers import Listing, Owing
from tracker.locale.translation import _, _n, _p
from tracker.model.assessment import Assessment
from tracker.model.codec import full
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import DUE, OVERDUE, columns_of, titles_of
from tracker.views.indicators import indicators

# The bar holds a mark at what is expected; a screen is for narrow terminals too.
URGENT = OVERDUE - {"expected"}
SOON = DUE - {"expected"}
GROUPS = ("lead", "place", "category", "document")


class Room(NamedTuple):
    """How much a screen shows.

    Attributes:
        due_within: days that "due soon" looks ahead.
        most: rows of each list that people see.
        limit: what programs get of each list; None: all of it.
    """

    due_within: int
    most: int
    limit: int | None = None


def overview(found: Owing, room: Room) -> Sheet:
    """The morning's screen: what there is, by light and state, and what comes first."""
    active = [each for each in found.items if each.state == "active"]
    urgent = sorted((e for e in active if e.light in {"red", "yellow"}), key=_urgency)
    soon = [e for e in active if e.days_left is not None and e.days_left <= room.due_within]
    soon.sort(key=lambda each: (each.days_left or 0, each.id))
    counts = _counts(found, soon)
    titles = _count_titles(room.due_within)
    as_of, most = found.as_of, room.most
    tables = [
        _lights(as_of, counts),
        indicators(_cut(_("most urgent"), urgent, most), Listing(as_of, urgent[:most]), URGENT),
        indicators(_cut(_("due soon"), soon, most), Listing(as_of, soon[:most]), SOON),
        owed(_cut(_("unreported"), found.owed, most), as_of, found.owed[:most]),
    ]
    shown = {each.id: each for each in (*urgent[: room.limit], *soon[: room.limit])}
    facts: list[tuple[str, Value]] = [(_("as of"), as_of)]
    facts += [(titles[k], n) for k, n in counts.items() if k in _ALWAYS or (n and k in titles)]
    return Sheet(
        title=_p("title", "status"),
        as_of=as_of,
        facts=facts,
        tables=[each for each in tables if each.rows],
        items=[full(each) for each in shown.values()],
        beside={"counts": counts, "unreported": full(found.owed[: room.limit])},
    )


def _cut(title: str, found: Sequence[object], most: int) -> str:
    """The title of a list, which says so where there is more than is shown."""
    if len(found) <= most:
        return title
    return _("{title} ({shown} of {found})").format(title=title, shown=most, found=len(found))


_ALWAYS = frozenset({"indicators", "met", "overdue", "due_soon", "unreported"})


def _urgency(seen: Assessment) -> tuple[bool, int, Decimal, str]:
    late = (seen.days_late or 0) if seen.met_on is None else 0
    return seen.light != "red", -late, seen.gap or Decimal(0), seen.id


def _counts(found: Owing, soon: Sequence[Assessment]) -> dict[str, int]:
    active = [each for each in found.items if each.state == "active"]
    counts: dict[str, int] = {"indicators": len(found.items), "active": len(active)}
    for light in LIGHTS:
        counts[light] = sum(each.light == light for each in active)
    together = rollup(active, found.as_of)
    counts |= {"met": together.met, "overdue": together.overdue, "due_soon": len(soon)}
    counts["unreported"] = len(found.owed)
    for state in ("suspended", "closed", "cancelled"):
        counts[state] = sum(each.state == state for each in found.items)
    return counts


def _count_titles(due_within: int) -> dict[str, str]:
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


def _lights(as_of: date, counts: Mapping[str, int]) -> Table:
    columns = (
        Column("light", _("light"), "light"),
        Column("count", _("indicators"), "days"),
        Column("share", _("of all"), "percent", bar=True),
    )
    rows: list[tuple[Value, ...]] = [
        (light, counts[light], _share(counts[light], counts["active"])) for light in LIGHTS
    ]
    return Table(title=_("lights"), as_of=as_of, columns=columns, rows=rows)


def _share(count: int, total: int) -> Decimal | None:
    return rounded(Decimal(100 * count) / total) if total else None


def grouped(found: Listing[list[Assessment]], by: str) -> Table:
    """How many indicators each lead, place, category … has, and how they stand."""
    groups: dict[str | None, list[Assessment]] = {}
    for each in found.items:
        if each.state == "active":
            groups.setdefault(getattr(each, by), []).append(each)
    columns = (
        Column(by, titles_of()[by]),
        *(Column(key, title, "days") for key, title in _group_titles().items()),
        Column("share_met", _("share met"), "percent", bar=True),
        Column("light", _("worst light"), "light"),
    )
    rows: list[tuple[Value, ...]] = []
    for name, members in sorted(groups.items(), key=lambda group: (group[0] is None, group[0])):
        counts: Rollup = rollup(members, found.as_of)
        lights = [sum(each.light == word for each in members) for word in LIGHTS[:3]]
        share = _share(counts.met, counts.indicators)
        row = (name, counts.indicators, *lights, counts.met, counts.overdue, share, counts.light)
        rows.append(row)
    return Table(title=_p("title", "status"), as_of=found.as_of, columns=columns, rows=rows)


def _group_titles() -> dict[str, str]:
    return {
        "indicators": _("indicators"),
        "red": _("red"),
        "yellow": _("yellow"),
        "green": _("green"),
        "met": _("met"),
        "overdue": _("overdue"),
    }


def owed(title: str, as_of: date, found: Sequence[Owed]) -> Table:
    """Who owes reports."""
    names = Owed.__struct_fields__
    brief = {"id", "name", "lead", "owed", "first_owed", "last_report"}
    if len({each.cycle for each in found}) > 1:
        brief.add("cycle")
    rows: list[tuple[Value, ...]] = [tuple(getattr(each, name) for name in names) for each in found]
    return Table(title=title, as_of=as_of, columns=columns_of(names, brief), rows=rows)
