"""How a light came about, as tables."""

from decimal import Decimal

from msgspec.structs import asdict

from tracker.assessment.explanation import LightReasons, SourcedInput
from tracker.ledger.answers import LightExplanation
from tracker.locale.translation import _, _n, _p, translate_word
from tracker.model.assessment import Assessment
from tracker.model.dates import describe_deadline_date
from tracker.model.quantities import (
    format_quantity,
    format_quantity_number,
    format_quantity_value,
)
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import build_view_column, build_view_columns
from tracker.views.indicators import tabulate_cycles_of_indicators, tabulate_paces_of_indicators
from tracker.views.wording import (
    word_assessed_target,
    word_citation,
    word_deadline_doubts,
    word_report,
    word_share_of_plan,
)


def build_explanation_view(explained: LightExplanation) -> Sheet:
    """Build a sheet of how a light came about: rule, inputs with sources, thresholds, pace."""
    assessment, why = explained.assessment, explained.working
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{assessment.name} ({assessment.id})"),
        (_("initiative"), f"{assessment.initiative} ({assessment.initiative_id})"),
        (_("as of"), explained.as_of),
        (_("light"), why.sentence),
        (_("target"), word_assessed_target(assessment)),
        (_("target as printed"), assessment.target_wording),
        (_("striven for"), _describe_stretch(assessment)),
        (_("deadline"), _describe_explanation_view_deadline(explained)),
        *_list_linked_facts(assessment),
        (_("comes again"), _describe_explanation_view_recurrence(assessment)),
        (_("share of plan"), _describe_explanation_view_share(assessment)),
        (_("newest report"), _describe_explanation_view_report(explained)),
        (_("notes"), assessment.notes),
        (_("rule"), _describe_explanation_view_rule(why)),
        (_("pace"), _describe_explanation_view_pace(explained)),
        (_("judged"), _describe_explanation_view_judgement(assessment)),
        (_("verdict"), _describe_explanation_view_verdict(assessment)),
    ]
    tables = [
        _tabulate_explanation_view_inputs(explained),
        tabulate_paces_of_indicators(explained.as_of, [explained.pace]),
        tabulate_cycles_of_indicators(explained.as_of, explained.cycles),
    ]
    data = asdict(why) | {
        "pace": explained.pace,
        "cycles": explained.cycles,
        "assessment": assessment,
    }
    return Sheet(
        title=assessment.name,
        as_of=explained.as_of,
        facts=[(label, value) for label, value in facts if value not in {None, ""}],
        tables=[table for table in tables if table.rows],
        items=[data],
    )


def _describe_explanation_view_deadline(explained: LightExplanation) -> str:
    """Describe the deadline with its words, its basis, and what follows if it is uncertain."""
    assessment = explained.assessment
    text = describe_deadline_date(
        assessment.deadline,
        assessment.deadline_wording,
        assessment.deadline_basis,
        assessment.deadline_loose,
    )
    return _("; ").join([text, *word_deadline_doubts(assessment, explained.as_of)])


def _describe_stretch(assessment: Assessment) -> str | None:
    """Describe what is striven for beyond the target, and whether it is reached."""
    if assessment.stretch is None:
        return None
    text = format_quantity(assessment.stretch, assessment.unit)
    return _("{value} (reached)").format(value=text) if assessment.stretch_met else text


def _list_linked_facts(assessment: Assessment) -> list[tuple[str, Value]]:
    """Return the facts about other indicators: its parts, its whole, and the one before it."""
    return [
        (_p("title", "parts"), _describe_parts(assessment)),
        (_("part of"), _describe_whole(assessment)),
        (_("comes after"), assessment.after),
    ]


def _describe_parts(assessment: Assessment) -> str | None:
    """Describe what the parts of an indicator amount to, beside what was reported on itself."""
    if assessment.sum is None:
        return None
    text = _("together {sum}").format(sum=format_quantity(assessment.sum, assessment.unit))
    if assessment.is_sum:
        return _("{sum}; it is judged by them, as nothing was reported on itself").format(sum=text)
    if assessment.difference is None:
        return text
    difference = format_quantity(assessment.difference, assessment.unit)
    return _("{sum}; it differs from that by {difference}").format(sum=text, difference=difference)


def _describe_whole(assessment: Assessment) -> str | None:
    """Describe what an indicator is a part of, and how large a part."""
    if assessment.part_of is None or assessment.share_of_whole is None:
        return assessment.part_of
    return _("{id}, {share}% of it").format(
        id=assessment.part_of, share=format_quantity_number(assessment.share_of_whole)
    )


def _describe_explanation_view_recurrence(assessment: Assessment) -> str | None:
    """Describe how often a promise comes again, and which cycle the light is about."""
    if assessment.recurs is None:
        return None
    return _("every {cycle}; judged is the one from {first} to {last}").format(
        cycle=translate_word("recurs", assessment.recurs),
        first=assessment.cycle_start,
        last=assessment.deadline,
    )


def _describe_explanation_view_share(assessment: Assessment) -> str | None:
    if assessment.share_of_plan is None:
        return None
    return word_share_of_plan(assessment.share_of_plan)


def _describe_explanation_view_report(explained: LightExplanation) -> str | None:
    if explained.latest is None or explained.assessment.is_sum:
        return _("never reported")
    return word_report(explained.latest, explained.assessment.unit)


def _describe_explanation_view_rule(why: LightReasons) -> str:
    limits = why.thresholds
    sentences = {
        "met": _("what is met is green, late or not"),
        "overdue": _("what is not met when its deadline day has ended is red"),
        "gap": _(
            "gap = done − expected; red below {red} points, yellow below {yellow}, else green"
        ),
        "silent": _(
            "what was never reported is yellow once a report is owed and 10% is expected,"
            " a milestone within its warning days"
        ),
        "growth": _(
            "a rate of growth is green at its target, yellow below, red when it misses the target"
            " by more than {most}% or its sign is wrong; the value of the deadline decides"
        ),
        "kept": _(
            "what is to be kept is green while it is kept and red once it is broken; a sum is"
            " yellow when the share used is {ahead} points ahead of the time gone"
        ),
        "milestone": _n(
            "a milestone is yellow from {days} day before its deadline",
            "a milestone is yellow from {days} days before its deadline",
            limits.warn_days,
        ),
        "none": _("there is no light without target, unit, deadline and report, or when stopped"),
    }
    return sentences[why.rule].format(
        red=format_quantity_number(limits.red_below),
        yellow=format_quantity_number(limits.yellow_below),
        days=limits.warn_days,
        most=format_quantity_number(-limits.red_below),
        ahead=format_quantity_number(-limits.yellow_below),
    )


def _describe_explanation_view_pace(explained: LightExplanation) -> str:
    pace, unit = explained.pace, explained.assessment.unit or ""
    parts = []
    if pace.per_month is not None:
        parts.append(
            _("{n} {unit} a month").format(n=format_quantity_number(pace.per_month), unit=unit)
        )
    if pace.needed_per_month is not None:
        needed = format_quantity_number(pace.needed_per_month)
        parts.append(_("{n} {unit} a month needed").format(n=needed, unit=unit))
    if pace.met_by is not None:
        parts.append(_("met by {day} at this pace").format(day=pace.met_by))
    return _("; ").join([*parts, pace.why] if pace.why else parts)


def _describe_explanation_view_judgement(assessment: Assessment) -> str | None:
    """Describe what a person thinks of it, which changes nothing about the light."""
    if assessment.judged is None:
        return None
    who = assessment.judged_by or _("somebody")
    return _("{confidence} by {who} on {day}: {reason}").format(
        confidence=translate_word("confidence", assessment.judged),
        who=who,
        day=assessment.judged_on,
        reason=assessment.judged_why,
    )


def _describe_explanation_view_verdict(assessment: Assessment) -> str | None:
    """Describe what a person found the promise to be, which changes nothing about the light."""
    if assessment.verdict is None:
        return None
    return _("{confidence} by {who} on {day}: {reason}").format(
        confidence=_(assessment.verdict),
        who=assessment.verdict_by or _("somebody"),
        day=assessment.verdict_on,
        reason=assessment.verdict_why,
    )


def _tabulate_explanation_view_inputs(explained: LightExplanation) -> Table:
    columns = (
        build_view_column("input"),
        Column("value", _p("column", "value")),
        *build_view_columns(("on", "source")),
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
        return format_quantity_value(known.value, known.bound, None)
    return _(str(known.value))


def _cite_explanation_view_input(explained: LightExplanation, known: SourcedInput) -> str | None:
    if known.document is None:
        return None
    return word_citation(explained.documents, known.document, known.locator, known.quote)
