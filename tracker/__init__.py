"""A ledger of public programmes: promises, deadlines, progress and lights."""

__version__ = "0.1.0"
