"""Say in one line each what was drafted from a text."""

from datetime import date

from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.plain import read_plain


def write_facts(text: str, published: str, title: str | None) -> list[str]:
    """Return kind, name, value and day of each draft."""
    drafts = extract_drafts(read_plain(text), date.fromisoformat(published), title).drafts
    return [
        f"{d.kind} {d.indicator}"
        + ("" if d.value is None else f" {d.value}{d.unit}")
        + f" {d.deadline or d.as_of}"
        for d in drafts
    ]
