"""What a screen holds: the morning's overview, the working of a light, what is to be asked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.asking import Explained, Shown
from tracker.config import LIGHTS
from tracker.duty import Owed
from tracker.locale import _, _n, _p
from tracker.models import Assessment, Horizon, full
from tracker.progress import Rollup, rollup
from tracker.quantities import show_number
from tracker.questions import Checked, Drawn, Listing, Owing
from tracker.sheets import Column, Sheet, Table, Trend, Value
from tracker.standing import rounded
from tracker.tables import DUE, OVERDUE, citation, columns_of, indicators, paces, titles_of
from tracker.working import Input, Working

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


def grouped(found: Listing, by: str) -> Table:
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


def timeline(found: Drawn) -> Sheet:
    """A timeline, with its lines as data."""
    drawn = found.timeline
    return Sheet(
        title=drawn.title,
        as_of=drawn.as_of,
        facts=[],
        pictures=[drawn],
        items=[*drawn.spans],
        beside={"first": drawn.first, "last": drawn.last, "undated": found.undated},
    )


def trend(found: Trend) -> Sheet:
    """The values of one indicator over time, with what they are judged by."""
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{found.title} ({found.id})"),
        (_("as of"), found.as_of),
        (_("light"), _("{light}: {why}").format(light=_(found.light), why=found.why)),
    ]
    return Sheet(title=found.title, as_of=found.as_of, facts=facts, pictures=[found], items=[found])


def illustrated(sheet: Sheet, found: Shown) -> Sheet:
    """All about one initiative, with the trend of each number that has anything to draw."""
    from tracker.pictures import trend_of

    known = {each.id: each.published for each in found.documents.values()}
    horizon = Horizon(as_of=found.as_of, published=known)
    pairs = zip(found.item.indicators, found.indicators, strict=True)
    trends = [trend_of(*pair, horizon) for pair in pairs if pair[0].measure == "number"]
    sheet.pictures = [each for each in trends if each.readings or each.expected]
    return sheet


def owed(title: str, as_of: date, found: Sequence[Owed]) -> Table:
    """Who owes reports."""
    names = Owed.__struct_fields__
    brief = {"id", "name", "lead", "owed", "first_owed", "last_report"}
    if len({each.cycle for each in found}) > 1:
        brief.add("cycle")
    rows: list[tuple[Value, ...]] = [tuple(getattr(each, name) for name in names) for each in found]
    return Table(title=title, as_of=as_of, columns=columns_of(names, brief), rows=rows)


def working(found: Explained) -> Sheet:
    """The working of a light: rule, inputs with their sources, thresholds, what comes next."""
    seen, why = found.seen, found.working
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{seen.name} ({seen.id})"),
        (_("initiative"), f"{seen.initiative} ({seen.initiative_id})"),
        (_("as of"), found.as_of),
        (_("light"), why.sentence),
        (_("rule"), _rule(why)),
    ]
    facts += [(_("pace"), _paced(found))]
    if seen.judged is not None:
        facts.append((_("judged"), _judged(seen)))
    tables = [_inputs(found), paces(found.as_of, [found.pace])]
    data = full(why) | {"pace": full(found.pace), "assessment": full(seen)}
    return Sheet(
        title=seen.name,
        as_of=found.as_of,
        facts=facts,
        tables=[each for each in tables if each.rows],
        items=[data],
    )


def _rule(why: Working) -> str:
    limits = why.thresholds
    sentences = {
        "met": _("what is met is green, late or not"),
        "overdue": _("what is not met when its deadline day has ended is red"),
        "gap": _(
            "gap = done − expected; red below {red} points, yellow below {yellow}, else green"
        ),
        "milestone": _n(
            "a milestone is yellow from {days} day before its deadline",
            "a milestone is yellow from {days} days before its deadline",
            limits.warn_days,
        ),
        "none": _("there is no light without target, unit, deadline and report, or when stopped"),
    }
    return sentences[why.rule].format(
        red=show_number(limits.red_below),
        yellow=show_number(limits.yellow_below),
        days=limits.warn_days,
    )


def _paced(found: Explained) -> str:
    pace, unit = found.pace, found.seen.unit or ""
    parts = []
    if pace.per_month is not None:
        parts.append(_("{n} {unit} a month").format(n=show_number(pace.per_month), unit=unit))
    if pace.needed_per_month is not None:
        needed = show_number(pace.needed_per_month)
        parts.append(_("{n} {unit} a month needed").format(n=needed, unit=unit))
    if pace.met_by is not None:
        parts.append(_("met by {day} at this pace").format(day=pace.met_by))
    return _("; ").join([*parts, pace.why] if pace.why else parts)


def _judged(seen: Assessment) -> str:
    """What a person thinks of it, which changes nothing about the light."""
    who = seen.judged_by or _("somebody")
    return _("{confidence} by {who} on {day}: {reason}").format(
        confidence=_(seen.judged or ""), who=who, day=seen.judged_on, reason=seen.judged_why
    )


def _inputs(found: Explained) -> Table:
    columns = (
        Column("input", _("input")),
        Column("value", _p("column", "value")),
        Column("on", _("on"), "day"),
        Column("source", _("source")),
    )
    rows: list[tuple[Value, ...]] = [
        (_(each.name), _plain(each), each.on, _cited(found, each)) for each in found.working.inputs
    ]
    return Table(title=_("inputs"), as_of=found.as_of, columns=columns, rows=rows)


def _plain(each: Input) -> str | None:
    if each.name == "value" and isinstance(each.value, str):
        return _p("reported", "done") if each.value == "done" else _p("reported", "not done")
    if isinstance(each.value, Decimal):
        return f"{each.bound or ''}{show_number(each.value)}"
    return _(str(each.value))


def _cited(found: Explained, each: Input) -> str | None:
    if each.document is None:
        return None
    return citation(found.documents, each.document, each.locator)


def findings(found: Checked) -> Table:
    """What the honesty checks found."""
    from tracker.honesty import Finding

    titles = titles_of() | {"check": _("check"), "sentence": _("finding")}
    brief = {"check", "id", "name", "sentence"}
    names = Finding.__struct_fields__
    columns = tuple(
        Column(name, titles[name], "id" if name.endswith("id") else "text", brief=name in brief)
        for name in names
    )
    rows: list[tuple[Value, ...]] = [
        tuple(getattr(each, name) for name in names) for each in found.findings
    ]
    return Table(title=_("findings"), as_of=found.as_of, columns=columns, rows=rows)


def summary(found: Checked, only: Collection[str]) -> Sheet:
    """How much each check has found, before what it has found."""
    from tracker import honesty

    counts = Counter(each.check for each in found.findings)
    columns = (
        Column("check", _("check"), "id"),
        Column("count", _("found"), "days"),
        Column("meaning", _("finds")),
    )
    rows: list[tuple[Value, ...]] = [
        (each.name, counts[each.name], _(each.meaning))
        for each in honesty.CHECKS
        if not only or each.name in only
    ]
    counted = Table(title=_("summary"), as_of=found.as_of, columns=columns, rows=rows)
    return Sheet(title=_("honesty checks"), as_of=found.as_of, facts=[], tables=[counted])


def checks(today: date) -> Table:
    """The honesty checks that there are."""
    from tracker import honesty

    columns = (Column("check", _("check"), "id"), Column("meaning", _("finds")))
    rows: list[tuple[Value, ...]] = [(each.name, _(each.meaning)) for each in honesty.CHECKS]
    return Table(title=_("honesty checks"), as_of=today, columns=columns, rows=rows)
