"""Sentences of official papers, made of figures."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from tracker.assessment.case import Case
from tracker.locale.translation import _, _n, _p, translate_status
from tracker.model.assessment import Assessment
from tracker.model.quantities import format_quantity_number, format_quantity_value
from tracker.output.papers import Paragraph
from tracker.output.prose import write_day
from tracker.views.wording import word_assessed_target


def write_head(number: int, title: str) -> Paragraph:
    """Return the head of part ``number``, from 1 to 10."""
    return Paragraph(
        rank="head",
        text=_p("head", "{number}. {title}").format(number=_number(number), title=title),
    )


def write_items(items: Sequence[tuple[str, str]]) -> Iterator[Paragraph]:
    """Yield up to 10 items: the title of each, then what is said of it; one alone has no number."""
    for at, (title, text) in enumerate(items, start=1):
        if len(items) == 1:
            lead_in = _p("item", "{title}. ").format(title=title)
        else:
            lead_in = _p("item", "({number}) {title}. ").format(number=_number(at), title=title)
        yield Paragraph(rank="item", lead_in=lead_in, text=text)


def _number(number: int) -> str:
    return _p("numbers", "1 2 3 4 5 6 7 8 9 10").split()[number - 1]


def write_points(value: Decimal) -> str:
    """Return a number of points or per cent without zeros at its end."""
    return format_quantity_number(value.normalize())


def write_case_standing(case: Case) -> str:
    """Return what is promised, what was reached, how far that is behind, and what is uncertain."""
    assessment, day = case.assessment, case.horizon.as_of
    clauses = [
        _write_case_promise(assessment),
        _write_case_value(case),
        *_write_case_distance(assessment),
    ]
    sentence = _p("clauses", ", ").join(filter(None, clauses))
    whole = _p("sentence", "{clauses}.").format(clauses=sentence[:1].upper() + sentence[1:])
    for doubt in write_case_doubts(assessment, day):
        whole = _p("sentences", "{one} {other}").format(one=whole, other=doubt)
    return whole


def write_case_deadline(assessment: Assessment) -> str:
    """Return the deadline with the words of the document, where the day is not stated there."""
    if assessment.deadline is None:
        return assessment.deadline_wording or ""
    day = write_day(assessment.deadline)
    if assessment.deadline_basis in {None, "stated"} or not assessment.deadline_wording:
        return day
    return _("{day} (in the document: “{wording}”)").format(
        day=day, wording=assessment.deadline_wording
    )


def _write_case_promise(assessment: Assessment) -> str:
    target, deadline = _write_case_target(assessment), write_case_deadline(assessment)
    if assessment.measure == "milestone":
        return _("it is to be done by {deadline}").format(deadline=deadline) if deadline else ""
    if target and deadline:
        sentence = _("the target is {target}, the deadline {deadline}")
        return sentence.format(target=target, deadline=deadline)
    if target:
        return _("the target is {target}").format(target=target)
    return _("the deadline is {deadline}").format(deadline=deadline) if deadline else ""


def _write_case_target(assessment: Assessment) -> str:
    return word_assessed_target(assessment) or assessment.target_wording or ""


def _write_case_value(case: Case) -> str:
    """Return the newest final value and its day, or that there is none."""
    assessment = case.assessment
    if assessment.last_report is None:
        return _("no progress has been reported so far")
    if assessment.measure == "milestone":
        day = write_day(case.horizon.as_of)
        return _("by {day} it was not done").format(day=day) if assessment.met_on is None else ""
    if assessment.value is None or assessment.value_on is None:
        return _write_case_latest_value(assessment)
    value = format_quantity_value(assessment.value, assessment.value_bound, assessment.unit)
    # Accidents are not what anybody completes.
    is_level = case.indicator.accumulation == "level" or assessment.op in {"<=", "<"}
    sentence = _("it was {value} on {day}") if is_level else _("{value} was reached by {day}")
    return sentence.format(value=value, day=write_day(assessment.value_on))


def _write_case_latest_value(assessment: Assessment) -> str:
    """Return the newest value that is not final, with the word that says so."""
    latest = assessment.latest_value
    if latest is None or assessment.latest_status is None:
        return _("no final figure has been reported so far")
    return _("{value} was reported ({status})").format(
        value=format_quantity_value(latest, assessment.latest_bound, assessment.unit),
        status=translate_status(assessment.latest_status),
    )


def _write_case_distance(assessment: Assessment) -> Iterator[str]:
    """Yield the share done, how far that is behind the time, and how late or close it is."""
    gap, late = assessment.gap, assessment.days_late
    if assessment.kept is False:
        yield _("which does not keep to it")
    elif assessment.done is not None and assessment.measure == "number":
        yield _("{done}% of the way").format(done=write_points(assessment.done))
    if assessment.share_of_plan is not None:
        share = format_quantity_number(assessment.share_of_plan)
        yield _("{share}% of the plan as printed").format(share=share)
    workdays = assessment.workdays_late
    if late is not None and workdays is not None and assessment.met_on is None:
        yield _write_case_lateness(late, workdays)
        return
    if gap is not None and gap < 0 and assessment.measure == "number":
        yield _("{gap} points behind the time that has passed").format(gap=write_points(-gap))
    elif assessment.done is None and assessment.expected is not None and assessment.expected > 0:
        expected = write_points(assessment.expected)
        yield _("{expected}% should have been reached by now").format(expected=expected)
    if assessment.days_left is not None and assessment.met_on is None:
        left = assessment.days_left
        yield _n("{days} day is left", "{days} days are left", left).format(days=left)


def write_case_shortfall(assessment: Assessment) -> str:
    """Return in few words how late or behind an indicator is, or how close to its deadline."""
    late, gap, left = assessment.days_late, assessment.gap, assessment.days_left
    if late is not None and assessment.met_on is None:
        return _n("{days} day overdue", "{days} days overdue", late).format(days=late)
    if assessment.kept is False:
        return _p("target", "not kept")
    if gap is not None and gap < 0 and assessment.measure == "number":
        return _("{gap} points behind").format(gap=write_points(-gap))
    if assessment.last_report is None and assessment.measure == "number":
        return _("not reported")
    return "" if left is None else _n("{days} day left", "{days} days left", left).format(days=left)


def _write_case_lateness(late: int, workdays: int) -> str:
    days = _n("it is {days} day overdue", "it is {days} days overdue", late).format(days=late)
    worked = _n("{count} working day", "{count} working days", workdays).format(count=workdays)
    return _p("lateness", "{days} ({worked})").format(days=days, worked=worked)


def write_case_doubts(assessment: Assessment, day: date) -> Iterator[str]:
    """Yield sentences on what is uncertain, so that nothing is demanded on it silently."""
    if assessment.deadline_basis == "assumed":
        yield _(
            "This deadline is assumed from the year of the document, which names no day of its"
            " own; please say so if another day was agreed."
        )
    loose = assessment.deadline_loose
    if loose is not None:
        if day > loose:
            sentence = _("The deadline can also be read as {day}, which has passed too.")
        else:
            sentence = _(
                "The deadline can also be read as {day}, which has not passed; please say which"
                " of the two holds."
            )
        yield sentence.format(day=write_day(loose))
    if assessment.provisional:
        yield _("The figure of the deadline itself is not known yet, so this is provisional.")
