"""Find the module of an output format, and render content with it.

One format is one file in ``formats/``, which is found by its name and imported when it is
used; it declares itself as ``FORMAT``. All text that came from data passes through
``escape_hidden`` (or ``make_visible``, for people) on its way out.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.output.cells import Canvas
from tracker.output.model import Content, Sheet, Table, Value
from tracker.system.text import make_text_visible

_ENDINGS = {"txt": "table", "markdown": "md", "ndjson": "jsonl"}
_ROWS_FOR_A_TERMINAL = 15_000
_CHARACTERS_FOR_A_TERMINAL, _CHARACTERS_OF_A_ROW = 200_000, 2_000
_PIECES_OF_A_WRITE = 64

Rendered: TypeAlias = str | bytes | Iterator[str] | Iterator[bytes]


class OutputFormat(Struct, frozen=True):
    """Declaration of a format, which its module holds as ``FORMAT``.

    Attributes:
        render: makes text or bytes of a table or sheet; if ``is_streamed``, pieces of text
            of any content, which may be in UTF-8.
        is_streamed: whether it need not know all rows before it writes the first.
        is_binary: whether it is bytes and no text.
        is_illustrated: whether it shows pictures beside tables.
        is_calendar: whether it shows appointments alone.
        encoding: the encoding that programs expect of a file of it.
    """

    render: Callable[[Any, Canvas], Rendered]
    is_streamed: bool = False
    is_binary: bool = False
    is_illustrated: bool = False
    is_calendar: bool = False
    encoding: str = "utf-8"


def _list_rendering_formats() -> tuple[str, ...]:
    """Return "table", and a name for each file but the two that "table" is drawn by."""
    # Path.glob would compile a pattern each time the program starts.
    files = os.listdir(f"{os.path.dirname(__file__)}/formats")  # noqa: PTH120, PTH208
    names = {
        file.removesuffix(".py").replace("_", "-")
        for file in files
        if file.endswith(".py") and not file.startswith("_")
    }
    return ("table", *sorted(names - {"terminal", "plain"}))


FORMATS: tuple[str, ...] = _list_rendering_formats()
"""Names that ``render_content`` understands: "table", then one for each file in formats/.

"terminal" and "plain" are the two forms of "table".
"""

DRAWING_CHARACTERS = "█▏▎▍▌▋▊▉░━─·│‹›◇◆✓○◌●╌┤└"
"""Characters beyond ASCII that bars and pictures are drawn with."""


def check_rendering_format(output: str) -> None:
    """Refuse what is no output format.

    Raises:
        InvalidInput: there is no such output format.
    """
    if output not in FORMATS:
        sentence = _("There is no output format '{name}'; choose one of: {formats}.")
        raise InvalidInput(
            sentence.format(name=make_text_visible(output), formats=", ".join(FORMATS))
        )


def load_format(output: str) -> OutputFormat:
    """Import the module of an output format, and return what it declares."""
    if output == "table":
        return _TABLE
    module = import_module(f"tracker.output.formats.{output.replace('-', '_')}")
    declared: OutputFormat = module.FORMAT
    return declared


def _render_content_for_people(content: Table | Sheet, canvas: Canvas) -> Rendered:
    """Render for people: for a pipe, or what is long, as plain text."""
    is_plain = canvas.width is None or _is_long_to_render(content)
    return load_format("plain" if is_plain else "terminal").render(content, canvas)


_TABLE = OutputFormat(render=_render_content_for_people)


def is_rendered_as_bytes(output: str) -> bool:
    """Return whether a format, which ``check_rendering_format`` accepts, is bytes and no text."""
    return load_format(output).is_binary


def is_rendered_with_pictures(output: str) -> bool:
    """Return whether a format that was checked shows pictures beside tables."""
    return load_format(output).is_illustrated


def is_rendered_as_calendar(output: str) -> bool:
    """Return whether a format that was checked shows appointments alone."""
    return load_format(output).is_calendar


def is_rendered_as_stream(output: str) -> bool:
    """Return whether a format that was checked is written while it is read."""
    return load_format(output).is_streamed


def infer_rendering_format(file: str) -> str | None:
    """Return the format that the ending of a file's name stands for; None if it is none."""
    ending = Path(file).suffix.removeprefix(".").lower()
    ending = _ENDINGS.get(ending, ending)
    return ending if ending in FORMATS[1:] or ending == "table" else None


def render_content(what: Content, output: str, canvas: Canvas) -> str | bytes:
    """Return the whole text, ending in a newline, or the bytes of a format that is no text.

    The text is empty only for ``ids`` and ``jsonl`` of nothing.

    Args:
        what: a stream only where ``is_streamed``.
        output: the name of a format.
        canvas: where it is drawn.

    Raises:
        InvalidInput: there is no such output format.
    """
    rendered = render_content_in_pieces(what, output, canvas)
    return rendered if isinstance(rendered, str | bytes) else join_rendered_pieces(rendered)


def join_rendered_pieces(pieces: Iterable[str] | Iterable[bytes]) -> str:
    """Return pieces of text, which may be in UTF-8, as one."""
    return "".join(piece if isinstance(piece, str) else piece.decode() for piece in pieces)


def render_content_in_pieces(what: Content, output: str, canvas: Canvas) -> Rendered:
    """Return what ``render_content`` does, if ``is_streamed`` as pieces made one by one.

    Raises:
        InvalidInput: there is no such output format.
    """
    check_rendering_format(output)
    return load_format(output).render(what, canvas)


def render_content_for_file(what: Content, output: str, canvas: Canvas) -> bytes:
    """Return what ``render_content`` does as bytes, in the encoding that programs expect.

    Raises:
        InvalidInput: there is no such output format.
    """
    return b"".join(render_file_in_pieces(what, output, canvas))


def render_file_in_pieces(what: Content, output: str, canvas: Canvas) -> Iterator[bytes]:
    """Yield what ``render_content_for_file`` returns in pieces that are worth a write each.

    Raises:
        InvalidInput: there is no such output format.
    """
    rendered = render_content_in_pieces(what, output, canvas)
    if isinstance(rendered, bytes):
        yield rendered
        return
    encoding = load_format(output).encoding
    if encoding != "utf-8":
        text = rendered if isinstance(rendered, str) else join_rendered_pieces(rendered)
        yield text.encode(encoding, "backslashreplace")
        return
    pieces: Iterator[str | bytes] = iter([rendered] if isinstance(rendered, str) else rendered)
    # As one text, a page of 10 MB takes twice as much again.
    while batch := list(islice(pieces, _PIECES_OF_A_WRITE)):
        yield b"".join(
            [
                piece if isinstance(piece, bytes) else piece.encode(encoding, "backslashreplace")
                for piece in batch
            ]
        )


def _is_long_to_render(what: Table | Sheet) -> bool:
    """Return whether a terminal's form would take too long: 3 s for 1 MB of text."""
    tables = what.tables if isinstance(what, Sheet) else [what]
    rows: list[tuple[Value, ...]] = [*what.facts] if isinstance(what, Sheet) else []
    rows += [row for table in tables for row in table.rows]
    if len(rows) > _ROWS_FOR_A_TERMINAL:
        return True
    characters = sum(len(value) for row in rows for value in row if isinstance(value, str))
    return characters > max(_CHARACTERS_FOR_A_TERMINAL, _CHARACTERS_OF_A_ROW * len(rows))


def describe_rendered_head(what: Content) -> str | None:
    """Say from which state of the ledger a paper was made, and how to compare it."""
    head = what.beside.get("head")
    if head is None:
        return None
    return _("made from the ledger with the head {head}").format(head=head)
