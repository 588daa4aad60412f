"""Findings of the data checks, as tables."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from tracker.locale.translation import _
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import titles_of

if TYPE_CHECKING:
    from tracker.assessment.checks import Finding
    from tracker.ledger.answers import Listing


def findings(found: "Listing[list[Finding]]") -> Table:
    """What the honesty checks found."""
    from tracker.assessment.checks import Finding

    titles = titles_of() | {"check": _("check"), "sentence": _("finding")}
    brief = {"check", "id", "name", "sentence"}
    names = Finding.__struct_fields__
    columns = tuple(
        Column(name, titles[name], "id" if name.endswith("id") else "text", brief=name in brief)
        for name in names
    )
    rows: list[tuple[Value, ...]] = [
        tuple(getattr(each, name) for name in names) for each in found.items
    ]
    return Table(title=_("findings"), as_of=found.as_of, columns=columns, rows=rows)


def summary(found: "Listing[list[Finding]]", only: Collection[str]) -> Sheet:
    """How much each check has found, before what it has found."""
    from tracker.assessment.checks import CHECKS

    counts = Counter(each.check for each in found.items)
    columns = (
        Column("check", _("check"), "id"),
        Column("count", _("found"), "days"),
        Column("meaning", _("finds")),
    )
    rows: list[tuple[Value, ...]] = [
        (each.name, counts[each.name], _(each.meaning))
        for each in CHECKS
        if not only or each.name in only
    ]
    counted = Table(title=_("summary"), as_of=found.as_of, columns=columns, rows=rows)
    return Sheet(title=_("honesty checks"), as_of=found.as_of, facts=[], tables=[counted])


def checks(today: date) -> Table:
    """The honesty checks that there are."""
    from tracker.assessment.checks import CHECKS

    columns = (Column("check", _("check"), "id"), Column("meaning", _("finds")))
    rows: list[tuple[Value, ...]] = [(each.name, _(each.meaning)) for each in CHECKS]
    return Table(title=_("honesty checks"), as_of=today, columns=columns, rows=rows)
