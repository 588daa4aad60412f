"""Read a PDF: running text by pypdf, ruled tables by pdfplumber."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.readers.plain import build_plain_blocks

# A running head stands on this share of the pages, and on three pages at least.
_HEAD_SHARE = 0.6
_FEWEST_PAGES = 3
_FEWEST_COLUMNS = 3
_FEWEST_LINES = 4
# A line of this share of the widest one is full, so the next one belongs to it.
_FULL = 0.9


class _Line(NamedTuple):
    """A line of a page; ``width`` counts a Chinese character as two."""

    words: Passage
    width: int
    indented: bool


class NoText(ValueError):
    """A PDF without text: pictures of pages."""


class Locked(ValueError):
    """A PDF that asks for a password."""


def read_pdf(path: Path) -> Readable:
    """Return the paragraphs and ruled tables of a PDF.

    Raises:
        NoText: no page holds text.
        Locked: the file is encrypted with a password.
        ValueError: the file is no PDF.
    """
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # pypdf reports small faults of a file on stderr; the text is what counts.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(str(path))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Locked
        pages = [page.extract_text() for page in reader.pages]
        ruled = [number for number, page in enumerate(reader.pages) if _is_pdf_table_ruled(page)]
    except (PyPdfError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise ValueError(str(error)) from error
    if not any(page.strip() for page in pages):
        raise NoText
    tables = _read_pdf_tables(path, ruled) if ruled else {}
    return _assemble_pdf_pages(pages, tables)


def _is_pdf_table_ruled(page: Any) -> bool:  # noqa: ANN401  # a page of pypdf
    """Return whether lines or boxes are drawn on the page, as around the cells of a table."""
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    return len(re.findall(rb"\s(?:re|l)\s", data)) >= _FEWEST_LINES


def _read_pdf_tables(path: Path, ruled: list[int]) -> dict[int, list[tuple[str, list[list[str]]]]]:
    """Return for each page what stands above each table, and the cells of the table."""
    import pdfplumber

    found: dict[int, list[tuple[str, list[list[str]]]]] = {}
    with pdfplumber.open(path) as pdf:
        for number in ruled:
            page = pdf.pages[number]
            top = 0.0
            for table in sorted(page.find_tables(), key=lambda table: table.bbox[1]):
                rows = [["".join((cell or "").split()) for cell in row] for row in table.extract()]
                if not rows or len(rows[0]) < _FEWEST_COLUMNS:
                    continue
                above = page.crop((0, top, page.width, max(table.bbox[1], top + 1)))
                found.setdefault(number, []).append((above.extract_text() or "", rows))
                top = min(table.bbox[3], float(page.height) - 1)
            if number in found:
                below = page.crop((0, top, page.width, page.height))
                found[number].append((below.extract_text() or "", []))
    return found


def _assemble_pdf_pages(
    pages: list[str], tables: dict[int, list[tuple[str, list[list[str]]]]]
) -> Readable:
    heads = _find_running_heads_of_pdf(pages)
    text: list[str] = []
    length = 0

    def add(words: str, end: str) -> Passage:
        nonlocal length
        passage = Passage(words, range(length, length + len(words)))
        text.append(words + end)
        length += len(words) + len(end)
        return passage

    blocks: list[Paragraph | Table] = []
    lines: list[_Line] = []
    for number, page in enumerate(pages):
        for above, cells in tables.get(number, [(page, [])]):
            for line in above.splitlines():
                words = " ".join(line.split())
                if words and words not in heads and not _is_pdf_page_number(words):
                    indented = line.startswith(("\u3000", "  "))
                    lines.append(
                        _Line(add(words, "\n"), _measure_pdf_line(line.rstrip()), indented)
                    )
            if cells:
                blocks.extend(_join_pdf_lines(lines))
                lines = []
                rows = _build_pdf_rows(cells, add)
                before = blocks[-1] if blocks else None
                if isinstance(before, Table) and len(before.rows[0]) == len(rows[0]):
                    # A table goes on over the end of a page; its head may stand there again.
                    head = [cell.text for cell in before.rows[0]]
                    before.rows.extend(row for row in rows if [cell.text for cell in row] != head)
                else:
                    blocks.append(Table(rows))
    blocks.extend(_join_pdf_lines(lines))
    return Readable("".join(text), blocks, None, None)


def _build_pdf_rows(cells: list[list[str]], add: Any) -> list[list[Passage]]:  # noqa: ANN401
    """Return the rows; an empty cell under a full one is taken for a merged cell."""
    rows: list[list[Passage]] = []
    for row in cells:
        passages = []
        for column, words in enumerate(row):
            if not words and rows and column < len(rows[-1]) and any(row):
                passages.append(rows[-1][column])
            else:
                passages.append(add(words, " | "))
        add("", "\n")
        rows.append(passages)
    return rows


def _join_pdf_lines(lines: list[_Line]) -> list[Paragraph | Table]:
    """Join the lines of a page: in a PDF a line ends where the paper does.

    A line goes on where the one before it is full and it is not indented itself.
    """
    widest = max((line.width for line in lines), default=0)
    joined: list[Passage] = []
    full = False
    for line in lines:
        words = line.words
        if joined and full and not line.indented and not _starts_pdf_paragraph(words.text):
            before = joined[-1]
            joined[-1] = Passage(before.text + words.text, [*before.places, *words.places])
        else:
            joined.append(words)
        full = line.width >= widest * _FULL
    return build_plain_blocks(joined)


def _starts_pdf_paragraph(words: str) -> bool:
    return bool(
        re.match(r"[（(]?[一二三四五六七八九十]{1,3}[、)）]|\d{1,2}[.．、](?!\d)|——", words)
    )


def _is_pdf_page_number(words: str) -> bool:
    return bool(re.fullmatch(r"[-—–－ ]*\d{1,4}[-—–－ ]*|第 ?\d+ ?页.*", words))


def _find_running_heads_of_pdf(pages: list[str]) -> set[str]:
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [" ".join(line.split()) for line in page.splitlines() if line.strip()]
        edges.update({*lines[:2], *lines[-2:]})
    least = max(_FEWEST_PAGES, _HEAD_SHARE * len(pages))
    return {line for line, pages_with in edges.items() if pages_with >= least}


def _measure_pdf_line(words: str) -> int:
    """Return the width of a line; a Chinese character is two wide."""
    return sum(1 if char.isascii() else 2 for char in words)
