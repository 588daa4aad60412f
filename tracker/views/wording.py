"""Sources and values in words."""

from collections.abc import Mapping

from tracker.locale.translation import _p
from tracker.model.quantities import show_number
from tracker.model.records import Document, Update


def citation(documents: Mapping[str, Document], document: str, locator: str | None) -> str:
    """Format a source as people read it: the document's day and title, and the place in it."""
    known = documents.get(document)
    title = f"{known.published} {known.title}" if known is not None else document
    return f"{title} · {locator}" if locator else title


def said(update: Update, unit: str | None) -> str:
    """Format what an update reports, with its unit; empty if it reports nothing."""
    if update.done is not None:
        return _p("reported", "done") if update.done else _p("reported", "not done")
    if update.value is None:
        return ""
    return f"{update.qualifier or ''}{show_number(update.value)} {unit or ''}".strip()
