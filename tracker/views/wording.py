"""Names, sources and values in words."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from tracker.locale.translation import _, _p, translate_status
from tracker.model.assessment import Assessment
from tracker.model.dates import format_deadline_date
from tracker.model.quantities import (
    format_quantity_number,
    format_quantity_value,
    format_target_quantity,
)
from tracker.model.records import Document, Source, Update
from tracker.output.model import Printed

_REMEDY = r"(?:[;；][^;；]*)?[:：]?\s*tracker (?:edit|update)\b.*$"


def word_name(assessment: Assessment) -> str:
    """Format the name of an indicator behind that of its initiative."""
    return word_full_name(assessment.initiative, assessment.name)


def word_name_in_list(initiative: str, name: str) -> Printed:
    """Format the name of an indicator in a list, where the initiative stands before it."""
    return Printed(name, word_full_name(initiative, name))


def word_full_name(initiative: str, name: str) -> str:
    """Return the name of an indicator behind its initiative's, unless it holds that."""
    if initiative in name:
        return name
    return _p("matter", "{initiative} · {name}").format(initiative=initiative, name=name)


def word_citation(
    documents: Mapping[str, Document],
    document: str,
    locator: str | None,
    quote: str | None = None,
) -> str:
    """Format a source as people read it: the document's day and title, the place, the words."""
    cited = documents.get(document)
    title = f"{cited.published} {cited.title}" if cited is not None else document
    placed = f"{title} · {locator}" if locator else title
    return f"{placed} «{quote}»" if quote else placed


def word_linked_citation(documents: Mapping[str, Document], source: Source) -> Printed:
    """Format a source as people read it; a page leads from it to where the document is."""
    text = word_citation(documents, source.document, source.locator, source.quote)
    return Printed(text, text, find_document_address(documents, source.document))


def find_document_address(documents: Mapping[str, Document], document: str) -> str | None:
    """Return where a document can be read; None where nobody has said."""
    cited = documents.get(document)
    return None if cited is None else cited.url


def word_reason(why: str) -> str:
    """Return the reason of a light without the command that would mend it, for the public."""
    return re.sub(_REMEDY, "", why) if "tracker " in why else why


def word_update(update: Update, unit: str | None) -> str:
    """Format what an update reports, with its unit; empty if it reports nothing."""
    if update.done is None and update.share_of_plan is None and update.value is not None:
        return format_quantity_value(update.value, update.qualifier, unit)
    parts = []
    if update.done is not None:
        parts.append(_p("reported", "done") if update.done else _p("reported", "not done"))
    if update.value is not None:
        parts.append(format_quantity_value(update.value, update.qualifier, unit))
    if update.share_of_plan is not None:
        parts.append(word_share_of_plan(update.share_of_plan))
    return parts[0] if len(parts) == 1 else _("; ").join(parts)


def word_report(report: Update, unit: str | None) -> str:
    """Describe a report: its day, what it says, its status if it is not final, its note."""
    status = translate_status(report.status) if report.status != "final" else None
    what = _("; ").join(filter(None, [word_update(report, unit), status, report.note]))
    return _("{day}: {what}").format(day=report.on, what=what)


def word_deadline_doubts(assessment: Assessment, day: date) -> Iterator[str]:
    """Yield why the deadline is uncertain, and what follows from its other reading on a day."""
    if assessment.deadline_basis == "assumed":
        yield _("the day is assumed, because the document gives no year of its own")
    loose = assessment.deadline_loose
    if loose is None:
        return
    if assessment.days_late is None or assessment.met_on is not None:
        yield _("loosely {loose}").format(loose=loose)
    elif day > loose:
        yield _("overdue also on the loose reading, {loose}").format(loose=loose)
    else:
        yield _("overdue on the strict reading, due {loose} on the loose one").format(loose=loose)


def word_share_of_plan(share: Decimal) -> str:
    """Format the share of the plan as printed in a report."""
    return _("{share}% of the plan as printed").format(share=format_quantity_number(share))


def word_assessment(assessment: Assessment) -> dict[str, Printed]:
    """Return what people read in other words than programs, by the key of the column.

    The target stands with its operator and both ends, the value as it is known, the share
    done with that of the plan as printed and what makes it uncertain, the deadline with its
    mark and the loose reading.
    """
    printed: dict[str, Printed] = {}
    target, deadline = assessment.target, assessment.deadline
    if target is not None:
        printed["target"] = Printed(target, word_assessed_target(assessment))
    elif assessment.target_wording is not None:
        printed["target"] = Printed(None, assessment.target_wording)
    if text := _word_values(assessment):
        printed["value"] = Printed(assessment.value, text)
    if words := list(_word_progress(assessment)):
        printed["done"] = Printed(assessment.done, _("; ").join(words))
    if assessment.deadline_basis == "assumed" or assessment.deadline_loose is not None:
        text = format_deadline_date(deadline, assessment.deadline_basis, assessment.deadline_loose)
        printed["deadline"] = Printed(deadline, text)
    return printed


def word_assessed_target(assessment: Assessment) -> str:
    """Format the target of an indicator with its operator, both ends and its unit."""
    if assessment.target is None:
        return ""
    return format_target_quantity(
        assessment.op,
        assessment.target,
        assessment.target_high,
        approximate=assessment.approximate,
        unit=assessment.unit,
    )


def _word_values(assessment: Assessment) -> str:
    """Format the value in force, and behind it the newest one that is not final."""
    value, latest, unit = assessment.value, assessment.latest_value, assessment.unit
    parts = [] if value is None else [format_quantity_value(value, assessment.value_bound, unit)]
    if latest is not None and assessment.latest_status in {"in_progress", "estimate"}:
        amount = format_quantity_value(latest, assessment.latest_bound, unit)
        status = translate_status(str(assessment.latest_status))
        parts.append(_("({value}, {status})").format(value=amount, status=status))
    if assessment.is_sum:
        parts.append(_("(sum of its parts)"))
    return " ".join(parts)


def _word_progress(assessment: Assessment) -> Iterator[str]:
    """Yield the share done and what is to be known beside it; nothing if that is all."""
    status, share = assessment.latest_status, assessment.share_of_plan
    remarks = []
    if status is None:
        yield _("not reported")
        return
    if status != "final" and (assessment.done is None or assessment.latest_value is None):
        remarks.append(translate_status(status))
    if share is not None:
        remarks.append(_("{share}% of plan").format(share=format_quantity_number(share)))
    if assessment.provisional:
        remarks.append(_p("value", "provisional"))
    if assessment.kept is not None:
        remarks.append(_p("target", "kept") if assessment.kept else _p("target", "not kept"))
    if remarks and assessment.done is not None:
        yield f"{assessment.done:z.1f}%"
    yield from remarks
