"""How a light came about, as tables."""

from decimal import Decimal

from msgspec.structs import asdict

from tracker.assessment.explanation import LightReasons, SourcedInput
from tracker.ledger.answers import LightExplanation
from tracker.locale.translation import _, _n, _p
from tracker.model.assessment import Assessment
from tracker.model.quantities import format_number
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import build_columns, build_view_column
from tracker.views.indicators import tabulate_paces
from tracker.views.wording import format_citation


def build_explanation(explained: LightExplanation) -> Sheet:
    """Build a sheet of how a light came about: rule, inputs with sources, thresholds, pace."""
    assessment, why = explained.assessment, explained.working
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{assessment.name} ({assessment.id})"),
        (_("initiative"), f"{assessment.initiative} ({assessment.initiative_id})"),
        (_("as of"), explained.as_of),
        (_("light"), why.sentence),
        (_("rule"), _describe_explanation_view_rule(why)),
        (_("pace"), _describe_explanation_view_pace(explained)),
    ]
    if assessment.judged is not None:
        facts.append((_("judged"), _describe_explanation_view_judgement(assessment)))
    tables = [_tabulate_inputs(explained), tabulate_paces(explained.as_of, [explained.pace])]
    data = asdict(why) | {"pace": explained.pace, "assessment": assessment}
    return Sheet(
        title=assessment.name,
        as_of=explained.as_of,
        facts=facts,
        tables=[table for table in tables if table.rows],
        items=[data],
    )


def _describe_explanation_view_rule(why: LightReasons) -> str:
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
        red=format_number(limits.red_below),
        yellow=format_number(limits.yellow_below),
        days=limits.warn_days,
    )


def _describe_explanation_view_pace(explained: LightExplanation) -> str:
    pace, unit = explained.pace, explained.assessment.unit or ""
    parts = []
    if pace.per_month is not None:
        parts.append(_("{n} {unit} a month").format(n=format_number(pace.per_month), unit=unit))
    if pace.needed_per_month is not None:
        needed = format_number(pace.needed_per_month)
        parts.append(_("{n} {unit} a month needed").format(n=needed, unit=unit))
    if pace.met_by is not None:
        parts.append(_("met by {day} at this pace").format(day=pace.met_by))
    return _("; ").join([*parts, pace.why] if pace.why else parts)


def _describe_explanation_view_judgement(assessment: Assessment) -> str:
    """Describe what a person thinks of it, which changes nothing about the light."""
    who = assessment.judged_by or _("somebody")
    return _("{confidence} by {who} on {day}: {reason}").format(
        confidence=_(assessment.judged or ""),
        who=who,
        day=assessment.judged_on,
        reason=assessment.judged_why,
    )


def _tabulate_inputs(explained: LightExplanation) -> Table:
    columns = (
        build_view_column("input"),
        Column("value", _p("column", "value")),
        *build_columns(("on", "source")),
    )
    rows: list[tuple[Value, ...]] = [
        (
            _(known.name),
            _format_explanation_view_input(known),
            known.on,
            _cite_explanation_view_input(explained, known),
        )
        for known in explained.working.inputs
    ]
    return Table(title=_("inputs"), as_of=explained.as_of, columns=columns, rows=rows)


def _format_explanation_view_input(known: SourcedInput) -> str | None:
    if known.name == "value" and isinstance(known.value, str):
        return _p("reported", "done") if known.value == "done" else _p("reported", "not done")
    if isinstance(known.value, Decimal):
        return f"{known.bound or ''}{format_number(known.value)}"
    return _(str(known.value))


def _cite_explanation_view_input(explained: LightExplanation, known: SourcedInput) -> str | None:
    if known.document is None:
        return None
    return format_citation(explained.documents, known.document, known.locator)
