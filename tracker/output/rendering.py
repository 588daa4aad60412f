"""What every renderer shares: which there are, and how a value becomes harmless text.

One renderer is one file beside this one, with a ``render(what, canvas)`` of its
own; it is found by its name and imported when it is used. A format that is no text
says ``BINARY = True`` and renders bytes. One that need not know all rows before it
writes the first has ``chunks(what, canvas)`` instead, which yields the text in pieces
while the rows are read. All text that came from data passes through
``escaped`` (or ``visible``, for people) on its way out.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.output.cells import Canvas
from tracker.output.model import Content, Sheet, Value
from tracker.system.text import visible

_ENDINGS = {"txt": "table", "markdown": "md", "ndjson": "jsonl"}
_ROWS_FOR_A_TERMINAL = 1000
_CHARACTERS_FOR_A_TERMINAL = 200_000


def _formats() -> tuple[str, ...]:
    """The names of the renderers; the two for people are chosen by where they draw."""
    found = {
        path.stem for path in (Path(__file__).parent / "formats").iterdir() if path.suffix == ".py"
    }
    named = {each.replace("_", "-") for each in found if not each.startswith("_")}
    return ("table", *sorted(named - {"terminal", "plain"}))


FORMATS: tuple[str, ...] = _formats()
"""What ``render`` understands: "table", then one name for each file in formats/.

"terminal" and "plain" are the two forms of "table".
"""

DRAWN_WITH = "█░━─·│‹›◇◆✓○◌●╌┤└"
"""The characters beyond ASCII that bars and pictures are drawn with."""


def check_format(output: str) -> None:
    """Refuse what is no output format.

    Raises:
        InvalidInput: there is no such output format.
    """
    if output not in FORMATS:
        sentence = _("There is no output format '{name}'; choose one of: {formats}.")
        raise InvalidInput(sentence.format(name=visible(output), formats=", ".join(FORMATS)))


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
        InvalidInput: there is no such output format.
    """
    made = pieces(what, output, canvas)
    return made if isinstance(made, str | bytes) else "".join(made)


def pieces(what: Content, output: str, canvas: Canvas) -> str | bytes | Iterator[str]:
    """The same, but where ``is_streamed`` as pieces, which are made while they are asked for.

    Raises:
        InvalidInput: there is no such output format.
    """
    check_format(output)
    if is_streamed(output):
        streamed: Iterator[str] = _renderer(output).chunks(what, canvas)
        return streamed
    name = output
    if output == "table":
        name = "plain" if canvas.width is None or _is_long(what) else "terminal"
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
    """Return the module of the output format of that name."""
    return import_module(f"tracker.output.formats.{name.replace('-', '_')}")


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
