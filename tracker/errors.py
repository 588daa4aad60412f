"""Errors for people, each with its exit code and one sentence that says what to do."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from tracker.locale.translation import _, later


class Candidate(str):
    """Line of a failure with what may have been meant, or what is in the way: its id and name.

    Attributes:
        id: the id of the record; None: it is a value or a sentence, and no record.
        name: its name, or the value or sentence.
    """

    __slots__ = ("id", "name")

    id: str | None
    name: str

    def __new__(cls, record_id: str | None, name: str) -> Self:
        """Build the line that people read, with the parts that programs read."""
        line = super().__new__(cls, name if record_id is None else f"{record_id}  {name}")
        line.id, line.name = record_id, name
        return line


class TrackerError(Exception):
    """Failure that a person can understand and act on.

    Attributes:
        sentence: one sentence, for stderr, in the language of the interface.
        candidates: records that may have been meant, best first; often empty.
        problems: what is wrong with single cells of a file, as data; often empty.
        exit_code: the exit code of the program.
        kind: the stable name of the failure in JSON.
    """

    exit_code: ClassVar[int] = 70
    kind: ClassVar[str] = "bug"

    def __init__(self, sentence: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.candidates = tuple(candidates)
        self.problems: Sequence[Mapping[str, Any]] = ()


class InvalidInput(TrackerError):
    """Arguments, settings or the content of a file are not understood."""

    exit_code = 2
    kind = "invalid_input"


class NotFound(TrackerError):
    """No record has that name."""

    exit_code = 3
    kind = "not_found"


class Ambiguous(NotFound):
    """More than one record has that name."""

    kind = "ambiguous"


class Refused(TrackerError):
    """Change that a rule of the ledger forbids."""

    exit_code = 4
    kind = "refused"


class Doubtful(Refused):
    """Value that may be a slip; it is taken when somebody confirms it.

    Attributes:
        doubt: the reason, without the flag that confirms it.
    """

    kind = "doubtful"

    def __init__(self, doubt: str, way_out: str = "") -> None:
        super().__init__(f"{doubt}{way_out}")
        self.doubt = doubt


class Conflict(Refused):
    """Change that contradicts what the ledger holds."""

    kind = "conflict"


class LedgerError(TrackerError):
    """Ledger that cannot be used."""

    exit_code = 5
    kind = "ledger"


class LedgerMissing(LedgerError):
    """No ledger is there."""

    kind = "ledger_missing"


class LedgerBusy(LedgerError):
    """Another process holds the lock for longer than the time limit."""

    kind = "ledger_busy"


class LedgerDamaged(LedgerError):
    """Ledger that is not what was written."""

    kind = "ledger_damaged"


class LedgerTooNew(LedgerError):
    """Ledger that was written by a newer version of the program."""

    kind = "ledger_too_new"


class DeliveryFailed(TrackerError):
    """Something could not be written or sent; the sentence says where a change is stored."""

    exit_code = 6
    kind = "delivery_failed"


# Messages of the system for common failures, listed here to be translated.
_REASONS = (
    later("Broken pipe"),
    later("Disk quota exceeded"),
    later("File exists"),
    later("File name too long"),
    later("Input/output error"),
    later("Is a directory"),
    later("No space left on device"),
    later("No such file or directory"),
    later("Not a directory"),
    later("Operation not permitted"),
    later("Permission denied"),
    later("Read-only file system"),
    later("Too many open files"),
)


def describe_error_reason(error: OSError) -> str:
    """Return the system's reason for an error, translated, to stand in a sentence."""
    return _(error.strerror or str(error))


LONGEST_QUOTE = 60
"""Characters that a sentence quotes at most."""


def shorten_text(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Return a text of at most ``longest`` characters: cut, with an ellipsis, if it has more."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
