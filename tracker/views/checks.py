"""Findings of the data checks, as tables."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from tracker.locale.translation import _, _n, _p
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import build_view_column, order_view_columns, tabulate_view_columns

if TYPE_CHECKING:
    from tracker.assessment.checks import Finding
    from tracker.ledger.answers import Listing
    from tracker.ledger.proof import Proof


def tabulate_check_findings(checked: "Listing[list[Finding]]") -> Table:
    """Build a table of what the data checks found."""
    from tracker.assessment.checks import Finding

    brief = {"check", "id", "name", "sentence"}
    table = tabulate_view_columns(_("findings"), checked.as_of, Finding, checked.items, brief)
    table.columns = order_view_columns(table.columns, ("id",))
    table.beside = {"left_out": checked.left_out}
    return table


def build_check_summary(checked: "Listing[list[Finding]]", only: Collection[str]) -> Sheet:
    """Build a sheet of how much each check has found; ``only`` names the checks, if not all."""
    from tracker.assessment.checks import CHECKS

    counts = Counter(finding.check for finding in checked.items)
    check, meaning = _build_check_view_columns()
    columns = (check, Column("count", _p("count", "found"), "days"), meaning)
    rows: list[tuple[Value, ...]] = [
        (check.name, counts[check.name], _(check.meaning))
        for check in CHECKS
        if not only or check.name in only
    ]
    counted = Table(title=_("summary"), as_of=checked.as_of, columns=columns, rows=rows)
    return Sheet(title=_("honesty checks"), as_of=checked.as_of, facts=[], tables=[counted])


def describe_check_proof(proof: "Proof") -> str:
    """Say which changes are still there as they were when a head was printed."""
    if proof.at is None:
        return _("This head is that of an empty ledger.")
    sentence = _n(
        "All up to change {seq}, of {day}, is there as it was when the head was printed;"
        " {later} change came later.",
        "All up to change {seq}, of {day}, is there as it was when the head was printed;"
        " {later} changes came later.",
        proof.later,
    ).format(seq=proof.seq, day=proof.at.date(), later=proof.later)
    if proof.inserted is None:
        return sentence
    more = _("Change {seq} arrived when the head was printed already; look at it.")
    return f"{sentence} {more.format(seq=proof.inserted)}"


def tabulate_checks(today: date) -> Table:
    """Build a table of the data checks that there are."""
    from tracker.assessment.checks import CHECKS

    rows: list[tuple[Value, ...]] = [(check.name, _(check.meaning)) for check in CHECKS]
    return Table(
        title=_("honesty checks"), as_of=today, columns=_build_check_view_columns(), rows=rows
    )


def _build_check_view_columns() -> tuple[Column, Column]:
    """Return the columns of a list of checks, in which the name of a check is its id."""
    return Column("check", _("check"), "id"), build_view_column("meaning", _("finds"))
