"""Read a Word document (docx) as it prints with all tracked changes accepted."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.readers.plain import (
    build_plain_blocks,
    choose_break_of_plain_cell,
    find_level_of_plain_heading,
)
from tracker.exchange.drafts.readers.word_numbering import WordNumbering

if TYPE_CHECKING:
    from docx.document import Document

_LARGEST_PART = 50_000_000
_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What does not print: deleted words, instructions of fields, the second form of a drawing.
_HIDDEN = {f"{_SPACE}{name}" for name in ("del", "moveFrom", "instrText", "rPr", "pPr", "rt")}
_HIDDEN |= {_FALLBACK, f"{_SPACE}txbxContent"}
_MARKS = {f"{_SPACE}tab": " ", f"{_SPACE}br": "\n", f"{_SPACE}cr": "\n"}
_MARKS |= {f"{_SPACE}noBreakHyphen": "-"}


class TooLarge(ValueError):
    """A docx with a part that is larger than any text or picture in it should be."""


def read_word(path: Path) -> Readable:
    """Return the paragraphs and tables of a docx file, in their order.

    Raises:
        TooLarge: a part of it takes too much room when it is unpacked.
        ValueError: the file is no docx.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    # A fault of its XML is a SyntaxError.
    faults = PackageNotFoundError, zipfile.BadZipFile, SyntaxError, zlib.error
    try:
        with zipfile.ZipFile(path) as parts:
            if max(part.file_size for part in parts.infolist()) > _LARGEST_PART:
                raise TooLarge
        word = Document(str(path))
    except (*faults, AttributeError, KeyError, OSError) as error:
        raise ValueError(str(error)) from error
    if word.element.tag != f"{_SPACE}document" or word.element.body is None:
        raise ValueError(word.element.tag)
    if word.element.getroottree().docinfo.internalDTD is not None:
        # Word writes none; the words that its entities stand for would be lost.
        raise ValueError(path.name)
    reader = _WordReader(word)
    reader.read(word.element.body)
    title = word.core_properties.title or None
    return Readable("".join(reader.text), _join_word_runs(reader.blocks), title, None)


class _WordReader:
    """Collects the blocks of a document, and its text."""

    def __init__(self, word: "Document") -> None:
        self.text: list[str] = []
        self.blocks: list[Paragraph | Table] = []
        self._length = 0
        self._numbering = WordNumbering(word)
        self._styles = {style.style_id: style.name or "" for style in word.styles}

    def read(self, container: Any) -> None:  # noqa: ANN401  # an element of lxml
        """Read the paragraphs and tables in an element, in content controls too."""
        for part in container:
            if part.tag == f"{_SPACE}p":
                self._read_paragraph(part)
            elif part.tag == f"{_SPACE}tbl":
                self.blocks.append(Table(self._read_rows(part)))
            elif part.tag == f"{_SPACE}sdt" and _is_word_list_of_contents(part):
                continue
            elif isinstance(part.tag, str) and part.tag not in _HIDDEN:
                self.read(part)

    def _read_paragraph(self, element: Any) -> None:  # noqa: ANN401
        style_id = _get_word_value(element, "pPr/pStyle") or ""
        style = self._styles.get(style_id, style_id)
        label = self._numbering.number(element)
        if not re.match(r"(?i)toc ?\d", style):
            for line in "".join(_list_word_texts(element)).split("\n"):
                words = " ".join(line.split())
                if words:
                    level = _find_word_level(style, element) or find_level_of_plain_heading(
                        label + words
                    )
                    self.blocks.append(Paragraph(self._add(words, "\n", label), level))
                    label = ""
        for box in element.iter(f"{_SPACE}txbxContent"):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                self.read(box)

    def _add(self, words: str, end: str, label: str = "") -> Passage:
        """Add words to the text; their number, which is not typed, takes no place in it."""
        start = self._length
        places = [*[start] * len(label), *range(start, start + len(words))]
        self.text.append(words + end)
        self._length += len(words) + len(end)
        return Passage(label + words, places)

    def _read_rows(self, table: Any) -> list[list[Passage]]:  # noqa: ANN401
        """Return the rows of a table, with each merged cell in every place that it takes."""
        rows: list[list[Passage]] = []
        for row in table.iter(f"{_SPACE}tr"):
            if (
                _find_word_table(row) is not table
                or row.find(f"{_SPACE}trPr/{_SPACE}del") is not None
            ):
                continue
            cells: list[Passage] = []
            for cell in row.iter(f"{_SPACE}tc"):
                if _find_word_table(cell) is not table:
                    continue
                above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else None
                span = int(_get_word_value(cell, "tcPr/gridSpan") or 1)
                merge = cell.find(f"{_SPACE}tcPr/{_SPACE}vMerge")
                is_rest = merge is not None and merge.get(f"{_SPACE}val") != "restart"
                passage = above if is_rest and above else self._add(_read_word_cell(cell), " | ")
                cells += [passage] * span
            self._add("", "\n")
            rows.append(cells)
        return rows


def _find_word_table(element: Any) -> Any:  # noqa: ANN401
    """Return the innermost table around an element."""
    return next(element.iterancestors(f"{_SPACE}tbl"), None)


def _read_word_cell(cell: Any) -> str:  # noqa: ANN401
    """Return the words of a cell; a line that begins a matter of its own stays apart."""
    lines = [
        " ".join(line.split())
        for paragraph in cell.iter(f"{_SPACE}p")
        for line in "".join(_list_word_texts(paragraph)).split("\n")
    ]
    words = ""
    for line in filter(None, lines):
        words += choose_break_of_plain_cell(words, line) + line
    return words


def _list_word_texts(element: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the words of a paragraph as they print."""
    for part in element:
        if part.tag == f"{_SPACE}t":
            yield part.text or ""
        elif part.tag in _MARKS:
            yield _MARKS[part.tag]
        elif part.tag == f"{_SPACE}r" and part.find(f"{_SPACE}rPr/{_SPACE}vanish") is not None:
            continue
        elif isinstance(part.tag, str) and part.tag not in _HIDDEN:
            yield from _list_word_texts(part)


def _find_word_level(style: str, element: Any) -> int:  # noqa: ANN401
    """Return the level of a heading by its style or outline; 0 for running text."""
    if style == "Title":
        return 1
    heading = re.fullmatch(r"(?:Heading|heading|标题) ?([1-9])", style)
    if heading is not None:
        return int(heading[1])
    outline = _get_word_value(element, "pPr/outlineLvl")
    return int(outline) + 1 if outline is not None and outline in "012345678" else 0


def _is_word_list_of_contents(element: Any) -> bool:  # noqa: ANN401
    gallery = _get_word_value(element, "sdtPr/docPartObj/docPartGallery")
    return gallery == "Table of Contents"


def _get_word_value(element: Any, path: str) -> str | None:  # noqa: ANN401
    """Return what an element below another one states; None without it."""
    part = element.find("/".join(f"{_SPACE}{name}" for name in path.split("/")))
    value: str | None = part.get(f"{_SPACE}val") if part is not None else None
    return value


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
