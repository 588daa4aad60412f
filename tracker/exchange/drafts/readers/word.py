"""Read a Word document (docx)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.readers.plain import build_plain_blocks, find_level_of_plain_heading

if TYPE_CHECKING:
    from docx.table import Table as WordTable


def read_word(path: Path) -> Readable:
    """Return the paragraphs and tables of a docx file, in their order.

    Raises:
        ValueError: the file is no docx.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table as TableInWord

    try:
        word = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise ValueError(str(error)) from error
    text: list[str] = []
    length = 0

    def add(words: str, end: str) -> Passage:
        nonlocal length
        passage = Passage(words, range(length, length + len(words)))
        text.append(words + end)
        length += len(words) + len(end)
        return passage

    blocks: list[Paragraph | Table] = []
    for part in word.iter_inner_content():
        if isinstance(part, TableInWord):
            blocks.append(Table(_read_word_rows(part, add)))
            continue
        words = " ".join(part.text.split())
        if words:
            passage = add(words, "\n")
            style = (part.style.name if part.style is not None else "") or ""
            named = style.rpartition(" ")[2]
            level = int(named) if style.startswith("Heading") and named.isdecimal() else 0
            level = level or (1 if style == "Title" else find_level_of_plain_heading(words))
            blocks.append(Paragraph(passage, level))
    merged = _join_word_runs(blocks)
    return Readable("".join(text), merged, word.core_properties.title or None, None)


def _join_word_runs(blocks: list[Paragraph | Table]) -> list[Paragraph | Table]:
    """Read bars typed into paragraphs as tables, as in a text file."""
    joined: list[Paragraph | Table] = []
    lines: list[Passage] = []
    for block in blocks:
        if isinstance(block, Paragraph) and not block.level:
            lines.append(block.words)
            continue
        joined.extend(build_plain_blocks(lines))
        lines = []
        joined.append(block)
    return [*joined, *build_plain_blocks(lines)]


def _read_word_rows(table: "WordTable", add: Callable[[str, str], Passage]) -> list[list[Passage]]:
    rows: list[list[Passage]] = []
    known: dict[object, Passage] = {}
    for row in table.rows:
        cells = []
        for cell in row.cells:
            # A merged cell is one element that is met in each of its places.
            element = cell._tc  # noqa: SLF001  # python-docx gives no other way to it
            if element not in known:
                known[element] = add(" ".join(cell.text.split()), " | ")
            cells.append(known[element])
        add("", "\n")
        rows.append(cells)
    return rows
