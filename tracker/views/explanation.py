"""The working of a light, as tables."""

from decimal import Decimal

from tracker.assessment.explanation import Input, Working
from tracker.ledger.answers import Explained
from tracker.locale.translation import _, _n, _p
from tracker.model.assessment import Assessment
from tracker.model.codec import full
from tracker.model.quantities import show_number
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.indicators import paces
from tracker.views.wording import citation


def working(found: Explained) -> Sheet:
    """Build a sheet of how a light came about: rule, inputs with sources, thresholds, pace."""
    seen, why = found.seen, found.working
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{seen.name} ({seen.id})"),
        (_("initiative"), f"{seen.initiative} ({seen.initiative_id})"),
        (_("as of"), found.as_of),
        (_("light"), why.sentence),
        (_("rule"), _describe_rule(why)),
    ]
    facts += [(_("pace"), _describe_pace(found))]
    if seen.judged is not None:
        facts.append((_("judged"), _describe_judgement(seen)))
    tables = [_tabulate_inputs(found), paces(found.as_of, [found.pace])]
    data = full(why) | {"pace": full(found.pace), "assessment": full(seen)}
    return Sheet(
        title=seen.name,
        as_of=found.as_of,
        facts=facts,
        tables=[each for each in tables if each.rows],
        items=[data],
    )


def _describe_rule(why: Working) -> str:
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


def _describe_pace(found: Explained) -> str:
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


def _describe_judgement(seen: Assessment) -> str:
    """Describe what a person thinks of it, which changes nothing about the light."""
    who = seen.judged_by or _("somebody")
    return _("{confidence} by {who} on {day}: {reason}").format(
        confidence=_(seen.judged or ""), who=who, day=seen.judged_on, reason=seen.judged_why
    )


def _tabulate_inputs(found: Explained) -> Table:
    columns = (
        Column("input", _("input")),
        Column("value", _p("column", "value")),
        Column("on", _("on"), "day"),
        Column("source", _("source")),
    )
    rows: list[tuple[Value, ...]] = [
        (_(each.name), _format_input(each), each.on, _cite_input(found, each))
        for each in found.working.inputs
    ]
    return Table(title=_("inputs"), as_of=found.as_of, columns=columns, rows=rows)


def _format_input(each: Input) -> str | None:
    if each.name == "value" and isinstance(each.value, str):
        return _p("reported", "done") if each.value == "done" else _p("reported", "not done")
    if isinstance(each.value, Decimal):
        return f"{each.bound or ''}{show_number(each.value)}"
    return _(str(each.value))


def _cite_input(found: Explained, each: Input) -> str | None:
    if each.document is None:
        return None
    return citation(found.documents, each.document, each.locator)
