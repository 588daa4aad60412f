"""Read indicators from lines: a name, a target, a deadline, as somebody types or pastes them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tracker.errors import InvalidInput
from tracker.exchange.fields import FieldReader, build_deadline_field, parse_target_fields
from tracker.locale.translation import _
from tracker.model.validation import quote_validated_value

EXAMPLE = "新增就业 2.3万人以上 2026年底"
_COLUMNS = ("name", "target", "deadline")
_COMMENT = "#"


def split_indicator_line(line: str, reader: FieldReader) -> dict[str, Any]:
    """Return the name, target and deadline of a line, as typed.

    They are parted by tabs or commas; else by spaces, and then the target and the deadline
    are the last words, as far as they can be read so.

    Raises:
        InvalidInput: it has more parts, or no name.
    """
    parts = _split_marked_indicator_line(line)
    if len(parts) == 1:
        return _split_spaced_indicator_line(parts[0], reader)
    if len(parts) > len(_COLUMNS) or not parts[0]:
        raise InvalidInput(
            _("{line} is not NAME TARGET DEADLINE; an example: {example}").format(
                line=quote_validated_value(line), example=EXAMPLE
            )
        )
    typed = dict(zip(_COLUMNS, parts, strict=False))
    if len(parts) == 2 and not _is_target_in_indicator_line(parts[1]):  # noqa: PLR2004  # a name and one thing more
        typed = {"name": parts[0], "deadline": parts[1]}
    return {key: text for key, text in typed.items() if text}


def split_indicator_lines(lines: Iterable[str], reader: FieldReader) -> Iterator[dict[str, Any]]:
    """Yield what each line says; empty ones and comments are left out."""
    for line in lines:
        if line.strip() and not line.lstrip().startswith(_COMMENT):
            yield split_indicator_line(line.strip(), reader)


def _split_marked_indicator_line(line: str) -> list[str]:
    """Split a line at tabs, else at commas that stand between no digits."""
    if "\t" in line:
        parts: Sequence[str] = line.split("\t")
    else:
        parts = re.split(r"[，,](?!\d{3}(?!\d))|(?<!\d)[，,]", line)
    return [part.strip() for part in parts]


def _split_spaced_indicator_line(line: str, reader: FieldReader) -> dict[str, Any]:
    words = line.split()
    typed: dict[str, Any] = {}
    if len(words) > 1 and _is_deadline_in_indicator_line(words[-1], reader):
        typed["deadline"] = words.pop()
    if len(words) > 1 and _is_target_in_indicator_line(words[-1]):
        typed["target"] = words.pop()
    elif "deadline" in typed and re.fullmatch(r"\d{4}", typed["deadline"]):
        # 高新技术企业 2000 is a number; a year stands behind a target.
        typed["target"] = typed.pop("deadline")
    return {"name": " ".join(words)} | typed


def _is_target_in_indicator_line(text: str) -> bool:
    try:
        parse_target_fields(text, None)
    except InvalidInput:
        return False
    return True


def _is_deadline_in_indicator_line(text: str, reader: FieldReader) -> bool:
    if text.isdecimal() and not re.fullmatch(r"(?:19|20)\d\d", text):
        return False
    try:
        build_deadline_field(text, reader.today, None, reader.local)
    except InvalidInput:
        return False
    return True
