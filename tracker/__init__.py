"""A ledger of public programmes: promises, deadlines, progress and lights.

The public names are loaded when they are first used, so that the command line pays
only for what a command needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.assessment.rules import Rules
    from tracker.errors import TrackerError
    from tracker.ledger.ledger import Tracker
    from tracker.model.assessment import Assessment
    from tracker.model.filters import Filter
    from tracker.model.horizon import When
    from tracker.model.records import (
        Deadline,
        Decision,
        Document,
        Indicator,
        Initiative,
        Revision,
        Source,
        Update,
    )
    from tracker.storage.open_store import open_store

_HOME = {
    "Assessment": "model.assessment",
    "Deadline": "model.records",
    "Decision": "model.records",
    "Document": "model.records",
    "Filter": "model.filters",
    "Indicator": "model.records",
    "Initiative": "model.records",
    "Revision": "model.records",
    "Rules": "assessment.rules",
    "Source": "model.records",
    "Tracker": "ledger.ledger",
    "TrackerError": "errors",
    "Update": "model.records",
    "When": "model.horizon",
    "__version__": "version",
    "open_store": "storage.open_store",
}

__all__ = [
    "Assessment",
    "Deadline",
    "Decision",
    "Document",
    "Filter",
    "Indicator",
    "Initiative",
    "Revision",
    "Rules",
    "Source",
    "Tracker",
    "TrackerError",
    "Update",
    "When",
    "open_store",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # any of the public names
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"tracker.{_HOME[name]}"), name)
