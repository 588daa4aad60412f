"""Read an HTML page: its headings, paragraphs and tables, with their places in the file."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from html.parser import HTMLParser

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.readers.plain import build_plain_blocks, choose_break_of_plain_cell

_SKIPPED = {"script", "style", "nav", "header", "footer", "aside", "template", "noscript"}
_SKIPPED |= {"button", "select", "iframe", "svg", "head"}
# These may be set not to be shown.
_HIDEABLE = {"div", "span", "section", "ul"}
_BLOCKS = {"p", "div", "li", "br", "hr", "ul", "ol", "dl", "dt", "dd", "section", "article"}
_BLOCKS |= {"blockquote", "tr", "table", "body", "html", "main", "caption", "pre", "form"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MOST_SPANNED = 1000
# Cells of a row; papers have fewer than 30. More are spans that nobody meant.
_MOST_COLUMNS = 200
_FEWEST_COLUMNS = 2
_MOST_NESTED = 50
# A cell with more characters is a part of the page rather than of a table.
_LONGEST_CELL = 1000
# Where pages state their day: those of governments by their standard, and others.
_PUBLISHED = {"pubdate", "publishdate", "article:published_time"}
_SITE = re.compile(r"[_|].*|\s[-–—]+\s.*")


def read_markup(text: str) -> Readable:
    """Return the paragraphs and tables of an HTML page, without menus and scripts."""
    parser = _Parser(text)
    parser.feed(text)
    parser.close()
    return parser.finish()


class _Block:
    """A paragraph or heading: its characters, each with its offset in the file."""

    def __init__(self) -> None:
        self.level = 0
        self.words: list[tuple[str, int]] = []

    @property
    def text(self) -> str:
        return "".join(char for char, _at in self.words).strip()


class _Cell:
    """A cell, or the page, under construction: its blocks and tables in order."""

    def __init__(self, rows: int = 1, columns: int = 1) -> None:
        self.blocks: list[_Block | _Grid] = [_Block()]
        self.rows = rows
        self.columns = columns

    def begin(self) -> _Block:
        """Begin a block; one that holds nothing yet goes on, so that a heading keeps its level."""
        last = self.blocks[-1]
        if not isinstance(last, _Block) or last.text:
            last = _Block()
            self.blocks.append(last)
        return last

    def add(self, words: Iterable[tuple[str, int]]) -> None:
        """Add characters to the last block."""
        last = self.blocks[-1]
        block = last if isinstance(last, _Block) else self.begin()
        block.words.extend(words)

    def count_characters(self) -> int:
        """Return how many characters the blocks hold."""
        return sum(len(block.words) for block in self.blocks if isinstance(block, _Block))

    def join_words(self) -> list[tuple[str, int]]:
        """Return the words of all blocks; a line that begins a matter of its own stays apart."""
        joined: list[tuple[str, int]] = []
        for block in self.blocks:
            if isinstance(block, _Block) and block.text:
                before = "".join(char for char, _at in joined).strip()
                gap = choose_break_of_plain_cell(before, block.text)
                joined += [(char, block.words[0][1]) for char in gap] + block.words
        return joined


class _Grid:
    """A table under construction."""

    def __init__(self) -> None:
        self.rows: list[list[_Cell]] = []

    def is_layout(self) -> bool:
        """Return whether the table only arranges the parts of a page."""
        cells = [cell for row in self.rows for cell in row]
        filled = [sum(cell.count_characters() > 0 for cell in row) for row in self.rows]
        return max(filled, default=0) < _FEWEST_COLUMNS or any(
            any(isinstance(block, _Grid) for block in cell.blocks)
            or cell.count_characters() > _LONGEST_CELL
            for cell in cells
        )


class _Parser(HTMLParser):
    """Collect blocks; every character comes with its offset in the file."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0]
        for line in source.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.skipping: list[str] = []
        self.page = _Cell()
        # The tables that are open, each with its open cell, from the outer to the inner one.
        self.open: list[tuple[_Grid, _Cell | None]] = []
        self.articles = 0
        self.named: str | None = None
        self.published: str | None = None
        self.title: list[str] = []
        self.in_title = False

    def place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def container(self) -> _Cell:
        """Return the cell that is open, else the page."""
        return next((cell for _grid, cell in reversed(self.open) if cell is not None), self.page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_title = tag == "title"
        named = dict(attrs)
        if tag == "body" and "head" in self.skipping:
            self.skipping.clear()
        if self._is_skipped(tag, named):
            self.skipping.append(tag)
        elif tag == "meta":
            name = (named.get("name") or named.get("property") or "").lower()
            if name == "articletitle":
                self.named = named.get("content") or self.named
            elif name in _PUBLISHED:
                self.published = named.get("content") or self.published
        elif not self.skipping:
            self.articles += tag in {"article", "main"}
            self._open_element(tag, named)

    def _is_skipped(self, tag: str, named: dict[str, str | None]) -> bool:
        """Return whether an element is not shown, or is no text; the head of an article is."""
        if tag in _SKIPPED:
            return tag != "header" or not self.articles
        if self.skipping:
            return tag == self.skipping[-1]
        style = "".join((named.get("style") or "").lower().split())
        return tag in _HIDEABLE and ("display:none" in style or "hidden" in named)

    def _open_element(self, tag: str, named: dict[str, str | None]) -> None:
        if tag == "table" and len(self.open) < _MOST_NESTED:
            grid = _Grid()
            self.container().blocks.append(grid)
            self.open.append((grid, None))
        elif self.open and tag in {"tr", "td", "th"}:
            grid, _cell = self.open[-1]
            if tag == "tr" or not grid.rows:
                grid.rows.append([])
            cell = None
            if tag != "tr":
                spans = map(_read_markup_span, (named.get("rowspan"), named.get("colspan")))
                cell = _Cell(*spans)
                grid.rows[-1].append(cell)
            self.open[-1] = grid, cell
        elif tag in _HEADINGS or tag in _BLOCKS:
            block = self.container().begin()
            block.level = _HEADINGS.get(tag, block.level)

    def handle_endtag(self, tag: str) -> None:
        self.in_title = False
        if tag in self.skipping:
            while self.skipping.pop() != tag:
                pass
        elif self.skipping:
            return
        elif self.open and tag == "table":
            self.open.pop()
        elif self.open and tag in {"td", "th"}:
            self.open[-1] = self.open[-1][0], None
        elif tag in _HEADINGS:
            self.container().begin().level = 0
        elif tag in _BLOCKS:
            self.container().begin()

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title.append(data)
        elif not self.skipping:
            start = self.place()
            self._add((" " if char.isspace() else char, at) for at, char in enumerate(data, start))

    def handle_entityref(self, name: str) -> None:
        self._handle_reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._handle_reference(f"&#{name};")

    def _handle_reference(self, written: str) -> None:
        if not self.skipping:
            at = self.place()
            self._add((" " if char.isspace() else char, at) for char in unescape(written))

    def _add(self, words: Iterable[tuple[str, int]]) -> None:
        # What stands between the cells of a table is blank.
        if not self.open or self.open[-1][1] is not None:
            self.container().add(words)

    def finish(self) -> Readable:
        """Return what was collected, in an extracted text of its own."""
        extracted = _Extracted()
        blocks: list[Paragraph | Table] = []
        lines: list[Passage] = []
        for block in _list_markup_blocks(self.page):
            passage = extracted.add(block.words) if isinstance(block, _Block) else None
            if passage is not None and isinstance(block, _Block) and not block.level:
                lines += [passage] if passage.text else []
                continue
            blocks.extend(build_plain_blocks(lines))
            lines.clear()
            if isinstance(block, _Grid):
                rows = _expand_markup_table(block.rows, extracted)
                blocks += [Table(rows)] if rows else []
            elif passage is not None and passage.text:
                blocks.append(Paragraph(passage, block.level))
        blocks.extend(build_plain_blocks(lines))
        title = self.named or _SITE.sub("", "".join(self.title))
        return Readable(
            "".join(extracted.text),
            blocks,
            " ".join(title.split()) or None,
            extracted.offsets,
            self.published,
        )


def _list_markup_blocks(cell: _Cell) -> Iterator[_Block | _Grid]:
    """Yield the blocks and tables of a page in order; tables that only arrange it are opened."""
    for block in cell.blocks:
        if isinstance(block, _Grid) and block.is_layout():
            for part in [part for row in block.rows for part in row]:
                yield from _list_markup_blocks(part)
        else:
            yield block


class _Extracted:
    """The plain text of a page, as it grows."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.offsets: list[int] = []

    def add(self, words: list[tuple[str, int]], end: str = "\n") -> Passage:
        text = "".join(char for char, _at in words)
        left = len(text) - len(text.lstrip())
        kept = words[left : len(text.rstrip())]
        start = len(self.text)
        self.text.extend(char for char, _at in kept)
        self.offsets.extend(at for _char, at in kept)
        self.text.append(end)
        self.offsets.append(self.offsets[-1] if self.offsets else 0)
        return Passage("".join(char for char, _at in kept), range(start, start + len(kept)))


def _expand_markup_table(raw: list[list[_Cell]], extracted: _Extracted) -> list[list[Passage]]:
    """Return the rows with each merged cell in every place that it takes."""
    rows: list[list[Passage]] = []
    waiting: dict[int, tuple[int, Passage]] = {}
    for cells in raw:
        row: list[Passage] = []
        queue = list(cells)
        while len(row) < _MOST_COLUMNS and (queue or len(row) in waiting):
            column = len(row)
            if column in waiting:
                left, passage = waiting.pop(column)
                if left > 1:
                    waiting[column] = (left - 1, passage)
                row.append(passage)
                continue
            cell = queue.pop(0)
            passage = extracted.add(cell.join_words(), " ")
            for at in range(column, min(column + cell.columns, _MOST_COLUMNS)):
                if cell.rows > 1:
                    waiting[at] = (cell.rows - 1, passage)
                row.append(passage)
        extracted.text.append("\n")
        extracted.offsets.append(extracted.offsets[-1] if extracted.offsets else 0)
        if any(cell.text for cell in row):
            rows.append(row)
    return rows


def _read_markup_span(written: str | None) -> int:
    return min(max(int(written), 1), _MOST_SPANNED) if written and written.isdecimal() else 1
