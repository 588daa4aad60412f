"""Names, sources and values in words."""

from collections.abc import Mapping

from tracker.locale.translation import _p
from tracker.model.assessment import Assessment
from tracker.model.quantities import format_quantity
from tracker.model.records import Document, Update


def format_name(assessment: Assessment) -> str:
    """Format the name of an indicator after that of its initiative, unless it holds that."""
    if assessment.initiative in assessment.name:
        return assessment.name
    return f"{assessment.initiative} {assessment.name}"


def format_citation(documents: Mapping[str, Document], document: str, locator: str | None) -> str:
    """Format a source as people read it: the document's day and title, and the place in it."""
    cited = documents.get(document)
    title = f"{cited.published} {cited.title}" if cited is not None else document
    return f"{title} · {locator}" if locator else title


def format_update(update: Update, unit: str | None) -> str:
    """Format what an update reports, with its unit; empty if it reports nothing."""
    if update.done is not None:
        return _p("reported", "done") if update.done else _p("reported", "not done")
    if update.value is None:
        return ""
    return f"{update.qualifier or ''}{format_quantity(update.value, unit)}"
