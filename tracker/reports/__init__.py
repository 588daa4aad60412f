"""What every renderer shares: which there are, and how a value becomes harmless text.

One renderer is one file beside this one, with a ``render(what, canvas)`` of its
own; it is found by its name and imported when it is used. A format that is no text
says ``BINARY = True`` and renders bytes. One that need not know all rows before it
writes the first has ``chunks(what, canvas)`` instead, which yields the text in pieces
while the rows are read. All text that came from data passes through
``escaped`` (or ``visible``, for people) on its way out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.errors import InvalidInput
from tracker.locale import _
from tracker.models import encode, full
from tracker.quantities import show_number
from tracker.sheets import Column, ColumnKind, Content, Sheet, Table, Value

NUMERIC: frozenset[ColumnKind] = frozenset({"number", "percent", "days"})
"""The kinds of column that are aligned at their right."""

_ENDINGS = {"txt": "table", "markdown": "md", "ndjson": "jsonl"}
_ROWS_FOR_A_TERMINAL = 1000
_CHARACTERS_FOR_A_TERMINAL = 200_000

# Controls but for tab and newline, bidi controls, separators of lines and paragraphs,
# characters without a width, tags, lone surrogates. The two joiners (U+200C, U+200D)
# belong to the spelling of words and emoji. Left uncompiled: re compiles and keeps it
# at the first text that needs it, and most commands meet none.
_HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = "[\ud800-\udfff]"
# What a spreadsheet may take for a formula, and that behind guards of its own.
_FORMULA = r"'*\s*[=+\-@\t\r\n＝＋－＠]"


class Canvas(NamedTuple):
    """Where it is drawn.

    Attributes:
        width: the cells of one line of the terminal; None for a pipe or a file.
        colour: whether colours may be used.
        lights: the colours of lights that are not drawn in the colour they are called by.
        bars: whether shares that can be drawn as bars are.
        ascii: whether pictures and bars are drawn with the characters of ASCII alone.
        language: the language that is spoken.
    """

    width: int | None
    colour: bool
    lights: Mapping[str, str] = MappingProxyType({})
    bars: bool = False
    ascii: bool = False
    language: str = "en"


def _formats() -> tuple[str, ...]:
    """The names of the renderers; the two for people are chosen by where they draw."""
    found = {path.stem for path in Path(__file__).parent.iterdir() if path.suffix == ".py"}
    named = {each.replace("_", "-") for each in found if not each.startswith("_")}
    return ("table", *sorted(named - {"text", "plain"}))


FORMATS: tuple[str, ...] = _formats()
"""What ``render`` understands: "table", then one name for each file beside this one.

What begins with ``_`` is shared by some renderers and is none itself.
"""

DRAWN_WITH = "█░━─·│‹›◇◆✓○◌●╌┤└"
"""The characters beyond ASCII that bars and pictures are drawn with."""


def check_format(output: str) -> None:
    """Refuse what is no output format, or needs what is not installed.

    Raises:
        InvalidInput: there is no such output format, or its extra is missing.
    """
    if output not in FORMATS:
        sentence = _("There is no output format '{name}'; choose one of: {formats}.")
        raise InvalidInput(sentence.format(name=visible(output), formats=", ".join(FORMATS)))
    if output != "table":
        _renderer(output)


def is_binary(output: str) -> bool:
    """Whether a format is bytes and no text; it is one that ``check_format`` accepts."""
    return output != "table" and getattr(_renderer(output), "BINARY", False)


def is_illustrated(output: str) -> bool:
    """Whether a format shows pictures beside tables; it is one that ``check_format`` accepts."""
    return output != "table" and getattr(_renderer(output), "ILLUSTRATED", False)


def is_calendar(output: str) -> bool:
    """Whether a format shows appointments alone; it is one that ``check_format`` accepts."""
    return output != "table" and getattr(_renderer(output), "CALENDAR", False)


def is_streamed(output: str) -> bool:
    """Whether a format is written while it is read; it is one that ``check_format`` accepts."""
    return output != "table" and hasattr(_renderer(output), "chunks")


def format_of(file: str) -> str | None:
    """The format that the ending of a file's name stands for; None if it is none."""
    ending = Path(file).suffix.removeprefix(".").lower()
    ending = _ENDINGS.get(ending, ending)
    return ending if ending in FORMATS[1:] or ending == "table" else None


def render(what: Content, output: str, canvas: Canvas) -> str | bytes:
    """The whole text, ending in a newline; empty only for ``ids`` and ``jsonl`` of nothing.

    Formats that are no text are bytes.

    Args:
        what: a stream only where ``is_streamed``.
        output: the name of a format.
        canvas: where it is drawn.

    Raises:
        InvalidInput: there is no such output format, or its extra is missing.
    """
    made = pieces(what, output, canvas)
    return made if isinstance(made, str | bytes) else "".join(made)


def pieces(what: Content, output: str, canvas: Canvas) -> str | bytes | Iterator[str]:
    """The same, but where ``is_streamed`` as pieces, which are made while they are asked for.

    Raises:
        InvalidInput: there is no such output format, or its extra is missing.
    """
    check_format(output)
    if is_streamed(output):
        streamed: Iterator[str] = _renderer(output).chunks(what, canvas)
        return streamed
    name = output
    if output == "table":
        name = "plain" if canvas.width is None or _is_long(what) else "text"
    made: str | bytes = _renderer(name).render(what, canvas)
    return made


def to_file(what: Content, output: str, canvas: Canvas) -> bytes:
    """The same as bytes, in the encoding that programs expect of such a file."""
    made = render(what, output, canvas)
    if isinstance(made, bytes):
        return made
    encoding = "utf-8" if output == "table" else getattr(_renderer(output), "ENCODING", "utf-8")
    return made.encode(encoding, "backslashreplace")


def _renderer(name: str) -> Any:  # noqa: ANN401  # a module with its ``render``
    """The renderer of that name; what it needs beside is the extra that is called like it."""
    try:
        return import_module(f"{__name__}.{name.replace('-', '_')}")
    except ModuleNotFoundError as error:
        sentence = _("{format} needs {module}; install it with: pip install 'tracker[{format}]'")
        raise InvalidInput(
            sentence.format(format=name.partition("-")[0], module=error.name)
        ) from error


def _is_long(what: Content) -> bool:
    """Whether it is too long to draw: rich takes 300 to 700 µs a row and 3 s for 1 MB of text."""
    rows: list[tuple[Value, ...]] = [*what.facts] if isinstance(what, Sheet) else [*what.rows]
    if isinstance(what, Sheet):
        rows += [row for table in what.tables for row in table.rows]
    return (
        len(rows) > _ROWS_FOR_A_TERMINAL
        or sum(len(value) for row in rows for value in row if isinstance(value, str))
        > _CHARACTERS_FOR_A_TERMINAL
    )


def _as_escape(found: re.Match[str]) -> str:
    r"""One character as ``\x1b``, ``\u202e`` or ``\U000e0067``."""
    code = ord(found[0])
    if code <= 0xFF:  # noqa: PLR2004  # the longest that two digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # four


def _as_json(found: re.Match[str]) -> str:
    """One character as JSON escapes it, which reads back as the same character."""
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def escaped(text: str) -> str:
    """The text with tabs and newlines as they are and all else that acts unseen shown."""
    return text if text.isprintable() else re.sub(_HIDDEN, _as_escape, text)


def visible(text: str, *, lines: bool = False) -> str:
    r"""The text as a terminal may show it: nothing in it moves, colours, hides or reorders.

    Args:
        text: any text that came from data, a file name or an error.
        lines: whether newlines are kept; otherwise they are shown as ``\n``.
    """
    if text.isprintable():
        return text
    shown = escaped(text).replace("\t", " ")
    return shown if lines else shown.replace("\n", "\\n")


def spreadsheet_safe(text: str) -> str:
    """The text with a ``'`` before it where a spreadsheet might see a formula.

    Only for texts: a number is written as it is, so that -5 stays a number.
    """
    return f"'{text}" if re.match(_FORMULA, text) else text


def cell(value: Value, kind: ColumnKind = "text") -> str:
    """One value as people read it; not yet sanitised. Words of the program are translated."""
    if isinstance(value, str):
        return _(value) if kind in {"light", "word"} else value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind == "percent" and isinstance(value, Decimal | int):
        return f"{value:z.1f}%"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "、".join(value) if isinstance(value, list) else field(value)


def field(value: Value) -> str:
    """One value as programs read it, exact and in no language; not yet sanitised."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return show_number(value)
    if isinstance(value, list):
        return "; ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def guarded(value: Value, kind: ColumnKind = "text", *, flat: bool = False) -> str:
    r"""One field of CSV or TSV: texts cannot act on a terminal or in a spreadsheet.

    Args:
        value: a number stays a number; texts and lists get the guard where they need it.
        kind: a ``word`` is the program's own and stays as it is: an operator ``=`` is no formula.
        flat: whether tabs and newlines are shown as ``\t`` and ``\n``.
    """
    text = field(value)
    if not isinstance(value, str | list):
        return text
    text = escaped(text)
    if flat:
        text = text.replace("\t", "\\t").replace("\n", "\\n")
    return text if kind == "word" else spreadsheet_safe(text)


def brief(table: Table) -> Iterator[tuple[Column, list[str]]]:
    """The columns that people see, each with its cells; not yet sanitised."""
    for at, column in enumerate(table.columns):
        if column.brief:
            yield column, [cell(row[at], column.kind) for row in table.rows]


def barred(table: Table, canvas: Canvas) -> dict[str, list[str]]:
    """The cells of the columns that are drawn as bars, by key; none where bars are not."""
    if not (canvas.bars and any(column.bar for column in table.columns)):
        return {}
    from tracker.reports._drawing import bars

    return bars(table, ascii_only=canvas.ascii)


class Block(NamedTuple):
    """One table as programs read it: keys, the kind of each column, rows."""

    header: list[str]
    kinds: list[ColumnKind]
    rows: Iterable[tuple[Value, ...]]


def blocks(what: Content) -> Iterator[Block]:
    """Each table; the facts of a sheet are its first one."""
    if not isinstance(what, Sheet):
        columns = what.columns
        yield Block([each.key for each in columns], [each.kind for each in columns], what.rows)
        return
    if what.facts:
        yield _facts(what.facts)
    for table in tables_of(what):
        if table.facts:
            yield _facts(table.facts)
        yield from blocks(table)


def _facts(facts: list[tuple[str, Value]]) -> Block:
    return Block(["fact", "value"], ["text", "text"], facts)


def tables_of(sheet: Sheet) -> list[Table]:
    """The tables of a sheet; where it has none, what its pictures show as tables."""
    if sheet.tables or not sheet.pictures:
        return sheet.tables
    from tracker.reports._scales import tabled

    return [tabled(each) for each in sheet.pictures]


def items(what: Content) -> Iterator[Any]:
    """The ``items`` of the JSON contract: an object for each row, or what the sheet shows."""
    if isinstance(what, Sheet):
        return map(full, what.items)
    keys = [column.key for column in what.columns]
    return (dict(zip(keys, row, strict=True)) for row in what.rows)


def json_line(value: object) -> str:
    r"""One line of JSON, exact, with all that acts unseen on a terminal as ``\uXXXX``.

    Only a lone surrogate, which no ledger holds and many readers of JSON refuse, is
    shown as ``escaped`` shows it.
    """
    try:
        line = encode(value).decode()
    except UnicodeEncodeError:
        line = encode(_without_surrogates(full(value))).decode()
    return line if line.isprintable() else re.sub(_HIDDEN, _as_json, line)


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401  # it maps any plain data
    """The plain data with lone surrogates shown."""
    if isinstance(value, str):
        return re.sub(_SURROGATE, _as_escape, value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(value[key]) for key in value}
    return [_without_surrogates(each) for each in value] if isinstance(value, list) else value
