"""Read and write the file of a review, so that it goes on where it was left."""

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracker.errors import InvalidInput, describe_error_reason
from tracker.exchange.drafts.blocks import SKIPPED_MARK
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.matching import squeeze_quote
from tracker.locale.translation import _
from tracker.system.files import write_file_whole

_SHARED_MODE = 0o666
_QUOTE = re.compile(r'\bquote = ("(?:[^"\\]|\\.)*")')
_ENTERED_LINE = re.compile(r"(?m)^\s*[^#\s]")


class ReviewFile(NamedTuple):
    """What a review has written before.

    Attributes:
        text: the whole file; empty where there is none.
        accepted: its parts that are no comments, as a person may have changed them.
        skipped: its parts that were skipped, commented out.
        items: the records of the accepted and skipped parts.
        has_document: the file holds a document.
    """

    text: str
    accepted: list[str]
    skipped: list[str]
    items: list[dict[str, Any]]
    has_document: bool


def read_review_file(path: Path) -> ReviewFile:
    """Return what a review has written to a file before; nothing where there is none.

    Raises:
        InvalidInput: the file cannot be read, or is no TOML any more.
    """
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = describe_error_reason(error) if isinstance(error, OSError) else str(error)
        sentence = _("{file} is there and cannot be read: {reason}; mend or move it.")
        raise InvalidInput(sentence.format(file=path, reason=reason)) from None
    parts = re.split(r"\n{2,}", text.strip("\n"))
    accepted = [part for part in parts if holds_entered_line(part)]
    skipped = [part for part in parts if part.startswith(f"# {SKIPPED_MARK}")]
    told = "\n\n".join([*accepted, *map(_uncomment_review_part, skipped)])
    whole = tomllib.loads(told)
    return ReviewFile(text, accepted, skipped, whole.get("items", []), "documents" in whole)


def holds_entered_line(text: str) -> bool:
    """Return whether a text has a line that is no comment."""
    return _ENTERED_LINE.search(text) is not None


def write_review_file(path: Path, text: str) -> None:
    """Write the file of a review, whole or not at all.

    Raises:
        InvalidInput: it cannot be written.
    """
    try:
        write_file_whole(path, text.encode(), mode=_SHARED_MODE, durable=False)
    except OSError as error:
        sentence = _("{file} cannot be written: {reason}.")
        raise InvalidInput(
            sentence.format(file=path, reason=describe_error_reason(error))
        ) from None


def find_done_drafts(before: ReviewFile, drafts: Sequence[Draft]) -> set[int]:
    """Return which drafts were accepted or skipped before, by their quote.

    Of several with one quote those with the name or number of a block are taken first; what
    a person has corrected takes the others.
    """
    blocks: dict[str, list[str]] = {}
    for part in [*before.accepted, *map(_uncomment_review_part, before.skipped)]:
        for written in _QUOTE.findall(part):
            blocks.setdefault(squeeze_quote(json.loads(written)), []).append(part)
    done = set()
    for is_exact in (True, False):
        for at, draft in enumerate(drafts):
            own = blocks.get(squeeze_quote(draft.quote), [])
            fitting = [part for part in own if not is_exact or _holds_draft(part, draft)]
            if fitting and at not in done:
                own.remove(fitting[0])
                done.add(at)
    return done


def _holds_draft(part: str, draft: Draft) -> bool:
    """Return whether a block has the number of a draft, or its name where it has none."""
    if draft.value is None:
        return json.dumps(draft.indicator, ensure_ascii=False) in part
    return re.search(rf"= {re.escape(f'{draft.value:f}')}(?![\d.])", part) is not None


def _uncomment_review_part(part: str) -> str:
    """Return a part without its number signs; its comments stay comments."""
    first, _end, rest = part.partition("# [[")
    return first + re.sub("(?m)^# ?", "", _end + rest)
