"""Find who is responsible; several bodies are kept as the one text that people read."""

import re
from collections.abc import Iterable, Sequence

from tracker.model.names import fold_name
from tracker.model.records import Indicator, Initiative

_SEPARATORS = r"[、，,；;\r\n]"
_BETWEEN = "、"


def split_leads(text: str | None) -> list[str]:
    """Return the leads that a text names, in its order, each once."""
    if text is None:
        return []
    # Nearly every text is one name: 0.1 instead of 2.7 µs, of 9-12 µs for an assessment.
    if text.isalnum():
        return [text]
    names = (name.strip() for name in re.split(_SEPARATORS, text))
    return [*dict.fromkeys(filter(None, names))]


def find_responsible_lead(initiative: Initiative, indicator: Indicator | None) -> str | None:
    """Return who is responsible for a record: its own lead, else that of its initiative."""
    return (indicator.lead if indicator is not None else None) or initiative.lead


def list_supporting_bodies(initiative: Initiative, indicator: Indicator | None) -> list[str]:
    """Return who supports a record: its own supporting bodies, else those of its initiative."""
    return (indicator.support if indicator is not None else None) or initiative.support


def find_responsible_person(initiative: Initiative, indicator: Indicator | None) -> str | None:
    """Return the person in charge; that of the initiative is none at another lead."""
    if indicator is not None and (indicator.person or indicator.lead):
        return indicator.person
    return initiative.person


def choose_filtered_leads(
    leads: Sequence[str], wanted: str | Iterable[str] | None
) -> Sequence[str]:
    """Return those of the leads of a record that were asked for; all where none of them was.

    Args:
        leads: the leads.
        wanted: the parts of names that a filter asks for; a supporting body may fit it too.
    """
    parts = [wanted] if isinstance(wanted, str) else wanted or ()
    folded = [fold_name(part) for part in parts]
    chosen = [lead for lead in leads if any(part in fold_name(lead) for part in folded)]
    return chosen or leads


def join_leads(names: Iterable[str]) -> str | None:
    """Return the text in which leads are kept; None without any."""
    leads = [lead for name in names for lead in split_leads(name)]
    return _BETWEEN.join(dict.fromkeys(leads)) or None
