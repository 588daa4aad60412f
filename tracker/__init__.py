"""A ledger of public programmes: promises, deadlines, progress and lights.

The public names are loaded when they are first used, so that the command line pays
only for what a command needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.asking import When
    from tracker.errors import TrackerError
    from tracker.models import (
        Assessment,
        Deadline,
        Decision,
        Document,
        Filter,
        Indicator,
        Initiative,
        Revision,
        Source,
        Update,
    )
    from tracker.progress import Rules
    from tracker.service import Tracker
    from tracker.store import open_store

__version__ = "0.1.0"

_HOME = {
    "Assessment": "models",
    "Deadline": "models",
    "Decision": "models",
    "Document": "models",
    "Filter": "models",
    "Indicator": "models",
    "Initiative": "models",
    "Revision": "models",
    "Rules": "progress",
    "Source": "models",
    "Tracker": "service",
    "TrackerError": "errors",
    "Update": "models",
    "When": "asking",
    "open_store": "store",
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
